using System.Text;
using System.Text.Json;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Sessions;

namespace ClawCi.Benchmarks;

/// <summary>
/// A made-up run of any length, written with the real transcript writer: a loop of reading, editing and testing, with a denial, a retry, a
/// refused host and rounds of checks now and then. The same arguments give the same bytes.
/// </summary>
internal static class LongRun
{
    private const string Model = "claude-sonnet-4-5-20250929";

    /// <summary>Lines that a turn with one call writes.</summary>
    public const int LinesOfATurn = 6;

    /// <param name="outputLines">About how many lines a tool answers.</param>
    public static void Write(string directory, int turns, int outputLines, bool green = true)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "changes.patch"), Patch(Files(turns)));
        using var file = File.Create(Path.Combine(directory, "transcript.jsonl"));
        var time = new MadeUpTime();
        using var writer = new TranscriptWriter(file, "20261122-2054-7f3a9c", "move-logging", new SecretMasker(), time);
        foreach (var (after, what) in Story(turns, outputLines, green))
        {
            time.Advance(after);
            writer.On(what is TaskEnded end ? end with { DurationMs = time.GetTimestamp() } : what);
        }
    }

    private static IEnumerable<(int AfterMs, RunEvent Event)> Story(int turns, int outputLines, bool green)
    {
        var random = new Random(7);
        var (spent, cost, ms) = (new Usage(), 0m, 0L);
        var denials = new List<PermissionDenial>();
        yield return (0, Started());
        yield return (3, User(0, "Replace the old logger by the new one in all of src/. Keep what the tests hold."));
        yield return (420, new SandboxStarted("setup", "5d1c0f7ab2e9", 400));
        yield return (11_300, new SetupRan("dotnet restore --locked-mode", 0, 11_290, "Restored 14 projects.\n"));
        yield return (
            390,
            new NetworkUsed("setup", "api.nuget.org", 443, "allow", "nuget", null, 4_120, 18_400_221, 9_000)
        );
        yield return (370, new SandboxStarted("agent", "b90e44c1d5f2", 360));
        for (var turn = 1; turn <= turns; turn++)
        {
            var last = turn == turns;
            var id = $"toolu_{turn:00000}";
            var reply = random.Next(1_400, 9_000);
            if (turn % 41 == 17)
            {
                yield return (900, new ApiRetried(1, 6, 4_000, "Overloaded", 529, "Overloaded"));
                yield return (4_000, new Heartbeat("model", 4_000));
            }
            var usage = new Usage(
                random.Next(300, 900),
                random.Next(120, 900),
                random.Next(500, 2_000),
                400 * turn % 150_000
            );
            spent += usage;
            cost +=
                0.003m * usage.InputTokens / 1000
                + 0.015m * usage.OutputTokens / 1000
                + 0.0003m * usage.CacheReadInputTokens / 1000;
            ms += reply;
            var denied = turn % 57 == 30;
            var (tool, input, text) = Call(turn, denied);
            ContentBlock[] content = last
                ? [new TextBlock(FinalWords)]
                : [new TextBlock(text), new ToolUseBlock(id, tool, input)];
            yield return (
                reply,
                new MessageAdded(
                    Role.Assistant,
                    content,
                    turn,
                    last ? StopReasons.EndTurn : StopReasons.ToolUse,
                    Model,
                    $"req_{turn:00000}",
                    usage,
                    reply
                )
            );
            yield return (0, new UsageAdded(Model, usage, 0.01m, spent, cost));
            if (last)
                break;
            var failed = turn % 9 == 4;
            var answer = denied
                ? "Denied by policy (rule no-push): Publishing happens after the task. Do not push."
                : Output(random, outputLines, failed);
            var took =
                denied ? 0
                : tool == "bash" ? random.Next(300, turn % 23 == 11 ? 70_000 : 6_000)
                : random.Next(1, 12);
            yield return (0, new ToolCalled(id, tool, input, turn));
            yield return (
                0,
                denied
                    ? new PolicyDecided(
                        id,
                        tool,
                        "deny",
                        "no-push",
                        "policy.yaml:5",
                        "Publishing happens after the task. Do not push.",
                        ToolSubject.Of(input)
                    )
                    : new PolicyDecided(
                        id,
                        tool,
                        "allow",
                        null,
                        "built-in",
                        "mode workspace-write",
                        ToolSubject.Of(input)
                    )
            );
            if (denied)
                denials.Add(new(tool, id, input, "no-push", "Publishing happens after the task. Do not push."));
            if (turn % 61 == 20)
                yield return (
                    40,
                    new NetworkUsed(
                        "agent",
                        $"mirror{turn % 3}.example.com",
                        443,
                        "deny",
                        "network",
                        "no rule of the sandbox allows this host",
                        0,
                        0,
                        3
                    )
                );
            yield return (
                took,
                new ToolAnswered(
                    id,
                    tool,
                    failed || denied,
                    tool == "bash" && !denied ? (failed ? 1 : 0) : null,
                    took,
                    answer.Length,
                    false
                )
            );
            yield return (0, new MessageAdded(Role.User, [new ToolResultBlock(id, answer, failed || denied)], turn));
            if (turn == turns / 2 || turn == turns * 3 / 4)
            {
                var round = turn == turns / 2 ? 1 : 2;
                yield return (31_000, Check("build", round, 0, "pass", 30_900, "Build succeeded.\n"));
                yield return (64_000, Check("test", round, 1, "fail", 63_900, RedTests));
                yield return (
                    2,
                    User(turn, $"The checks are red (round {round} of 3). Mend the cause; the checks will run again.")
                );
            }
        }
        yield return (29_000, Check("build", 3, 0, "pass", 28_900, "Build succeeded.\n"));
        yield return (
            66_000,
            green
                ? Check("test", 3, 0, "pass", 65_900, "Passed! 412 tests.\n")
                : Check("test", 3, 1, "fail", 65_900, RedTests)
        );
        yield return (
            2,
            new Warned(
                "`obj/project.assets.json` was changed but is ignored by the base's .gitignore; it is not in the patch."
            )
        );
        for (var i = 0; i < Files(turns); i++)
            yield return (0, new FileChanged($"src/Shop.Core/Logging/Log{i}.cs", "modified", 2, 1));
        yield return (4, Ended(turns, ms, spent, cost, denials, green));
    }

    private static (string Tool, JsonElement Input, string Text) Call(int turn, bool denied)
    {
        var file = $"src/Shop.{(turn % 3 == 0 ? "Core" : turn % 3 == 1 ? "Web" : "Billing")}/Logging/Log{turn % 40}.cs";
        return denied
            ? ("bash", Json("command", "git push origin HEAD:logging"), "This part is done; I'll share it.")
            : (turn % 4) switch
            {
                0 => (
                    "bash",
                    Json("command", "dotnet test --no-build 2>&1 | tail -40"),
                    turn % 8 == 0 ? "" : "Let me see whether the tests still hold."
                ),
                1 => ("read_file", Json("path", file), $"`{file}` still uses the old logger. I'll read how."),
                2 => (
                    "edit_file",
                    Json(
                        "path",
                        file,
                        "old_string",
                        "Logger.Old.Info(\"started\");",
                        "new_string",
                        "_log.LogInformation(\"Started\");"
                    ),
                    "The message templates stay as they are; only the calls change."
                ),
                _ => ("grep_search", Json("pattern", "Logger\\.Old", "path", "src"), "Who else calls it?"),
            };
    }

    private static string Output(Random random, int lines, bool failed)
    {
        var text = new StringBuilder();
        for (var i = 0; i < lines; i++)
            text.Append(
                $"src/Shop.Core/Logging/Log{random.Next(40)}.cs({random.Next(400)},13): {(failed ? "error CS1061: 'Logger' has no \"Old\" <here> & there" : "Logger.Old.Info(\"order {0} shipped\", id);")}\n"
            );
        return text.ToString();
    }

    private static int Files(int turns) => Math.Clamp(turns / 8, 1, 60);

    private static string Patch(int files)
    {
        var patch = new StringBuilder();
        for (var i = 0; i < files; i++)
        {
            var path = $"src/Shop.Core/Logging/Log{i}.cs";
            patch.Append(
                $"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -10,7 +10,8 @@ class Log{i}\n {{\n     public void Start()\n     {{\n"
            );
            patch.Append(
                $"-        Logger.Old.Info(\"started {i}\");\n+        _log.LogInformation(\"Started {{Number}}\", {i});\n+        _log.LogDebug(\"It is up\");\n     }}\n }}\n \n"
            );
        }
        return patch.ToString();
    }

    private static JsonElement Json(params string[] pairs) =>
        JsonSerializer.SerializeToElement(pairs.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]));

    private static MessageAdded User(int turn, string text) => new(Role.User, [new TextBlock(text)], turn);

    private static CheckRan Check(string id, int round, int exit, string outcome, int ms, string tail) =>
        new(
            id,
            round,
            id == "build" ? "dotnet build -warnaserror" : "dotnet test --no-build",
            exit,
            outcome,
            ms,
            $"checks/{round}-{id}.log",
            tail
        );

    private static RunStarted Started() =>
        new(
            "0.1.0",
            "move-logging",
            "Move every use of the old logger to the new one, and keep behaviour",
            new string('a', 64),
            new string('b', 64),
            new string('c', 64),
            new ImageReference(
                "mcr.example.com/dotnet/sdk:10.0",
                "sha256:" + new string('d', 64),
                "sha256:" + new string('e', 64)
            ),
            "anthropic/claude-sonnet-4-5",
            ["bash", "read_file", "write_file", "edit_file", "glob_search", "grep_search"],
            [
                new("apply", "on-success", "built-in"),
                new("limits.max-turns", "1000", "task.yaml:22"),
                new("model", "anthropic/claude-sonnet-4-5", "task.yaml:5"),
            ],
            "e83c5163316f89bfbde7d9ab23ca2e25604af290",
            "/home/runner/work/shop/shop",
            "You are a coding agent that works unattended in a CI job.",
            "20261122-2054-7f3a9c-move-logging"
        );

    private static TaskEnded Ended(
        int turns,
        long ms,
        Usage spent,
        decimal cost,
        List<PermissionDenial> denials,
        bool green
    ) =>
        new(
            green ? "success" : "error_during_execution",
            !green,
            turns,
            0,
            ms,
            cost,
            spent,
            new Dictionary<string, ModelUsage>
            {
                [Model] = new(
                    spent.InputTokens,
                    spent.OutputTokens,
                    spent.CacheReadInputTokens,
                    spent.CacheCreationInputTokens,
                    cost
                ),
            },
            denials,
            null,
            "20261122-2054-7f3a9c-move-logging",
            FinalWords,
            green ? "success" : "task-failed",
            green ? 0 : 10,
            green ? "completed" : "check-failed",
            green
                ? "The model finished and every check passed."
                : "Check test is red after the last round: fail, exit code 1.",
            false,
            [],
            [new("build", 3, "pass", 0, 28_900), new("test", 3, green ? "pass" : "fail", green ? 0 : 1, 65_900)],
            new ChangeSummary(Files(turns), 2 * Files(turns), Files(turns), 1000, []),
            green ? "applied" : "not-applied",
            ["transcript.jsonl", "changes.patch"],
            0
        );

    private const string FinalWords = """
        Every use of the old logger in `src/` is gone:

        - 40 files call `ILogger` instead, with the same messages.
        - The adapter in `Shop.Core/Logging` is deleted.

        The tests pass.
        """;

    private const string RedTests = """
          Failed Shop.Web.Tests.StartupTests.The_first_line_names_the_version [12 ms]
          Error Message:
           Assert.Equal() Failure: Strings differ
                    ↓ (pos 0)
        Expected: "Shop 4.2 started"
        Actual:   "Started"
          Stack Trace:
             at Shop.Web.Tests.StartupTests.The_first_line_names_the_version() in /workspace/tests/Shop.Web.Tests/StartupTests.cs:line 41

        Failed!  - Failed:     1, Passed:   411, Skipped:     0, Total:   412, Duration: 58 s

        """;

    private sealed class MadeUpTime : TimeProvider
    {
        private long _ms;

        public override long TimestampFrequency => 1000;

        public void Advance(int ms) => _ms += ms;

        public override long GetTimestamp() => _ms;

        public override DateTimeOffset GetUtcNow() =>
            new DateTimeOffset(2026, 11, 22, 20, 54, 31, TimeSpan.Zero).AddMilliseconds(_ms);
    }
}
