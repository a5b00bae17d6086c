using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ClawCi.Cli.Tests.BadDays;
using Xunit;
using static ClawCi.Cli.Tests.Resuming.StepModel;

namespace ClawCi.Cli.Tests.Resuming;

/// <summary>
/// Runs that are killed anywhere and resumed end as the one that nobody disturbed. CLAW_CI_KILL_POINTS says how many; CLAW_CI_KILL_SEED
/// repeats what a failure names.
/// </summary>
[Collection(Cleaning.Name)]
public sealed class KillPointTests
{
    private const int AtOnce = 3;
    private const string Check = "grep -qx step-7 log.txt && test $(wc -l < setup.log) = 1";

    /// <summary>Reads, replaces, logs; says that it is done too early, so that a check is red; and goes on.</summary>
    private static readonly Step[][] Plan =
    [
        [Step.Log(1)],
        [new("read_file", new JsonObject { ["path"] = "a.txt" }, null), Step.Log(2), Step.Log(3)],
        [
            new("write_file", new JsonObject { ["path"] = "a.txt", ["content"] = "two\n" }, "echo two > a.txt"),
            Step.Log(4),
        ],
        [],
        [Step.Log(5)],
        [
            new(
                "write_file",
                new JsonObject { ["path"] = "b/c.txt", ["content"] = "b\n" },
                "mkdir -p b && echo b > b/c.txt"
            ),
            Step.Log(6),
            Step.Log(7),
        ],
        [],
    ];

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_that_is_killed_anywhere_and_resumed_ends_as_one_that_was_not()
    {
        await using var model = new StepModel(Plan);
        var undisturbed = await RunAsync(model, "undisturbed", kill: null);
        Assert.Equal("step-1 step-2 step-3 step-4 step-5 step-6 step-7", undisturbed.Log);
        var points = int.Parse(
            Environment.GetEnvironmentVariable("CLAW_CI_KILL_POINTS") ?? "2",
            CultureInfo.InvariantCulture
        );
        var first = int.TryParse(Environment.GetEnvironmentVariable("CLAW_CI_KILL_SEED"), out var given)
            ? given
            : Random.Shared.Next(1_000_000);
        TestContext.Current.TestOutputHelper?.WriteLine($"{points} kill points, seeds from {first}");
        var (killed, cut) = (0, 0);
        await Parallel.ForEachAsync(
            Enumerable.Range(first, points),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Now },
            async (seed, _) =>
            {
                var run = await RunAsync(model, $"{seed}", new Kill(seed, undisturbed.Lines, undisturbed.Time));
                Assert.True(
                    undisturbed.IsLike(run),
                    $"CLAW_CI_KILL_SEED={seed} CLAW_CI_KILL_POINTS=1\n{undisturbed}\n{run}"
                );
                Interlocked.Add(ref killed, run.Attempts - 1);
                Interlocked.Add(ref cut, run.Cut);
            }
        );
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{killed} kills, {cut} tool calls cut; {points} of {points} as undisturbed"
        );
    }

    /// <summary>After a line of the transcript, or after a time.</summary>
    private sealed record Kill(int Seed, int Lines, TimeSpan Time)
    {
        private readonly Random _random = new(Seed);

        /// <summary>Kills a run that was started, or comes too late to.</summary>
        public async Task AtAsync(Process process, double share)
        {
            _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null, Now);
            if (_random.Next(2) == 0)
            {
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, Now);
                await Task.WhenAny(Task.Delay(Time * _random.NextDouble() * share, Now), process.WaitForExitAsync(Now));
            }
            else
            {
                for (var line = _random.Next((int)(Lines * share)); line >= 0; line--)
                {
                    if (await process.StandardOutput.ReadLineAsync(Now) is null)
                        break;
                }
            }
            if (!process.HasExited)
                process.Kill();
        }

        /// <summary>One in four is killed again after it was resumed.</summary>
        public bool Again() => _random.Next(4) == 0;
    }

    /// <param name="ToolCalls">That came to an end, each time it did.</param>
    /// <param name="Cut">Tool calls that were answered as interrupted.</param>
    private sealed record Run(
        int ExitCode,
        string Log,
        string Checkout,
        string Patch,
        string Result,
        int ToolCalls,
        int Turns,
        int Attempts,
        int Cut,
        int Lines,
        TimeSpan Time,
        string Error
    )
    {
        /// <summary>
        /// A call that the kill cut is looked after by the model in a turn of its own; everything else is as often as in the other run.
        /// </summary>
        public bool IsLike(Run other) =>
            (ExitCode, Log, Checkout, Patch, Result)
                == (other.ExitCode, other.Log, other.Checkout, other.Patch, other.Result)
            && other.ToolCalls == ToolCalls + other.Cut
            && other.Turns >= Turns
            && other.Turns <= Turns + other.Cut;
    }

    private static async Task<Run> RunAsync(StepModel model, string name, Kill? kill)
    {
        using var day = new BadDay(test: $"killed-{name}");
        day.Task(
            $$"""
            model: anthropic/claude-sonnet-4-5
            verify: { rounds: 2, checks: [{ id: whole, run: {{BadDay.Quote(Check)}} }] }
            """,
            "setup: [{ run: echo once >> setup.log }]"
        );
        day.Environment["ANTHROPIC_BASE_URL"] = model.Url.ToString();
        day.Environment["ANTHROPIC_API_KEY"] = "sk-test-0123456789";
        string[] arguments =
        [
            .. day.Arguments("--output-format=stream-json")
                .Where(word => !word.StartsWith("--model=", StringComparison.Ordinal)),
        ];
        var clock = Stopwatch.StartNew();
        if (kill is not null)
        {
            using var first = ClawCiProgram.Start(day.Root, arguments, day.Environment);
            await kill.AtAsync(first, 1);
            await first.WaitForExitAsync(Now);
            // Killed before there was a run: then one is begun.
            if (
                !File.Exists(Path.Combine(day.Out, "resume.json")) && !File.Exists(Path.Combine(day.Out, "result.json"))
            )
                kill = null;
        }
        string[] resume = ["resume", day.Out, "--output-format=stream-json"];
        while (kill is not null && kill.Again() && File.Exists(Path.Combine(day.Out, "resume.json")))
        {
            using var again = ClawCiProgram.Start(day.Root, resume, day.Environment);
            await kill.AtAsync(again, 0.5);
            await again.WaitForExitAsync(Now);
        }
        var ended =
            !File.Exists(Path.Combine(day.Out, "resume.json")) && File.Exists(Path.Combine(day.Out, "result.json"));
        var end = ended
            ? new ProgramEnd(0, "", "")
            : await ClawCiProgram.RunAsync(
                day.Root,
                kill is null ? [.. arguments, "--force"] : resume,
                environment: day.Environment
            );
        var time = clock.Elapsed;
        if (!File.Exists(day.Transcript))
            return new Run(end.ExitCode, "", "", "", "", 0, 0, 0, 0, 0, time, end.Error);
        Assert.True(
            File.Exists(Path.Combine(day.Out, "result.json")),
            $"CLAW_CI_KILL_SEED={name} CLAW_CI_KILL_POINTS=1, exit {end.ExitCode} and no result: {end.Error}"
        );
        var lines = Ending.ReadTranscript(day.Transcript);
        var result = ExampleRun.Json(Path.Combine(day.Out, "result.json"));
        var runId = result.GetProperty("run_id").GetString()!;
        // Of one that was killed at its very end the next run removes what is left.
        if (!ended)
            Assert.Equal("", await day.LeftInDockerAsync(runId));
        return new Run(
            result.GetProperty("exit_code").GetInt32(),
            File.Exists(day.At("log.txt"))
                ? (await File.ReadAllTextAsync(day.At("log.txt"), Now)).Trim().ReplaceLineEndings(" ")
                : "",
            await day.ShellAsync($"cd {day.Workspace} && find . -type f | sort | xargs sha256sum"),
            File.Exists(day.Patch) ? await day.PatchAsync() : "",
            string.Join(
                ' ',
                new[]
                {
                    "outcome",
                    "reason",
                    "message",
                    "result",
                    "checks",
                    "changes",
                    "applied",
                    "permission_denials",
                    "is_error",
                }.Select(field => Without(result.GetProperty(field)))
            ),
            // Of a call that was not begun when the runner was killed there are two lines, but one end.
            lines.Count(line => Type(line) == "tool_result"),
            result.GetProperty("num_turns").GetInt32(),
            lines[^1].GetProperty("attempt").GetInt32(),
            lines.Count(line =>
                Type(line) == "tool_result"
                && line.TryGetProperty("end", out var how)
                && how.GetString() == "interrupted"
            ),
            lines.Count,
            time,
            end.Error
        );
    }

    /// <summary>Durations are no two runs'.</summary>
    private static string Without(JsonElement element)
    {
        var node = JsonNode.Parse(element.GetRawText());
        if (node is JsonArray array)
        {
            foreach (var item in array.OfType<JsonObject>())
                item.Remove("duration_ms");
        }
        return node?.ToJsonString() ?? "null";
    }

    private static string Type(JsonElement line) => line.GetProperty("type").GetString()!;
}
