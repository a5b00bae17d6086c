using System.Text;
using System.Text.Json;
using ClawCi.Conversations;
using ClawCi.Events;
using ClawCi.Hooks;
using ClawCi.Messages;
using ClawCi.Models;
using ClawCi.Models.Scripted;
using ClawCi.Permissions;
using ClawCi.Sessions;
using ClawCi.Tests.Models;
using ClawCi.TestSupport;
using ClawCi.Tools;
using Xunit;

namespace ClawCi.Tests.Conversations;

/// <summary>Whole conversations with every API, of whose replies nearly a third go wrong.</summary>
public sealed class BadWeatherTests : IDisposable
{
    private const int Runs = 200;
    private const double Faulty = 0.3;

    private static readonly string[] Faults =
    [
        "{ status: 429, retry-after: 3 }",
        "{ status: 500 }",
        "{ status: 529 }",
        "{ text: half a rep, error-event: rate_limit_error }",
        "{ text: half a reply that is lost on the way, cut-after-bytes: 250 }",
        "{ malformed: garbage }",
        "{ stall: before-reply }",
        "{ text: half a rep, stall: in-reply }",
    ];

    private readonly TempDirectory _files = new();

    [Fact]
    public async Task With_three_in_ten_replies_faulty_200_of_200_runs_end_right_and_run_every_tool_call_once()
    {
        var faults = 0;
        for (var seed = 0; seed < Runs; seed++)
        {
            var run = await RunAsync(seed);
            Assert.True(run.EndedRight, $"run {seed} ended {run.End}");
            Assert.Equal(run.Expected, run.Executed);
            Assert.Equal(run.Faults, run.Retries);
            faults += run.Faults;
        }
        Assert.InRange(faults, 300, 900);
    }

    private sealed record Run(
        object End,
        bool EndedRight,
        IReadOnlyList<string> Expected,
        IReadOnlyList<string> Executed,
        int Faults,
        int Retries
    );

    private async Task<Run> RunAsync(int seed)
    {
        var random = new Random(seed);
        var model = new[] { "claude-sonnet-4-5", "openai/gpt-5", "openai-chat/gpt-4.1" }[seed % 3];
        var script = new StringBuilder($"version: 1\nmodel: {model}\nreplies:\n");
        var (expected, faults) = (new List<string>(), 0);
        void Reply(string reply)
        {
            for (; random.NextDouble() < Faulty; faults++)
                script.AppendLine($"  - {Faults[random.Next(Faults.Length)]}");
            script.AppendLine($"  - {reply}");
        }

        for (var turn = 0; turn < 4; turn++)
        {
            var uses = Enumerable.Range(0, random.Next(1, 4)).Select(i => $"turn {turn} call {i}").ToList();
            expected.AddRange(uses);
            Reply(
                $"tool-uses: [ {string.Join(", ", uses.Select(use => $"{{ name: bash, input: {{ command: {use} }} }}"))} ]"
            );
        }
        var ending = seed % 4;
        Reply(
            ending switch
            {
                0 => "{ text: I will not., stop-reason: refusal }",
                1 => "{ status: 401 }",
                _ => "text: Done.",
            }
        );

        var executed = new List<string>();
        var events = new RecordingObserver();
        var end = await ConverseAsync(_files.Write($"{seed}.yaml", script.ToString()), executed, events, random);
        var right = ending switch
        {
            0 => end is ConversationEnd.Refused,
            1 => end is ModelException { Failure: ModelFailure.Authentication },
            _ => end is ConversationEnd.Completed,
        };
        return new(end, right, expected, executed, faults, events.Events.OfType<ApiRetried>().Count());
    }

    private static async Task<object> ConverseAsync(
        string script,
        List<string> executed,
        RecordingObserver events,
        Random random
    )
    {
        var time = new PatientTime();
        using var model = Model.Create(
            new ModelChoice(new("scripted", script), script, ScriptReader.Read(script).Facts),
            Samples.Endpoints(ModelEndpoint.Anthropic, ModelTimeouts.Default),
            new CoolDowns(time),
            time,
            random.NextDouble
        );
        var policy = new PermissionPolicy(PermissionMode.WorkspaceWrite, "built-in", [], [], "/workspace");
        var bash = new ToolDefinition("bash", "", JsonElement.Parse("""{"type":"object"}"""));
        var tools = new ToolSet(
            [
                new Tool(
                    bash,
                    (call, _) =>
                    {
                        executed.Add(call.Input.GetProperty("command").GetString()!);
                        return Task.FromResult(new ToolOutput("ok", IsError: false, ExitCode: 0));
                    }
                ),
            ],
            policy
        );
        var conversation = new Conversation(
            Compactors.Lazy(
                new ModelCaller([model], "system", null, time.GetUtcNow().AddHours(1), events, time),
                events
            ),
            tools,
            new ToolDispatcher(tools, policy, new HookRunner([], "session", "/", events, time), events, time),
            policy,
            new Session("s"),
            new Ledger(new Caps(100, 100, null, null, 20)),
            events,
            new Answers(null)
        );
        try
        {
            return await conversation.RunAsync("Go.", TestContext.Current.CancellationToken);
        }
        catch (ModelException e)
        {
            return e;
        }
    }

    public void Dispose() => _files.Dispose();
}
