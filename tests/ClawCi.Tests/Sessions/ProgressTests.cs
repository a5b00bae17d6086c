using System.Text.Json;
using ClawCi.Conversations;
using ClawCi.Conversations.Compaction;
using ClawCi.Events;
using ClawCi.Hooks;
using ClawCi.Messages;
using ClawCi.Models;
using ClawCi.Models.Scripted;
using ClawCi.Permissions;
using ClawCi.Runs.Resume;
using ClawCi.Sandboxes;
using ClawCi.Sessions;
using ClawCi.Tests.Models;
using ClawCi.TestSupport;
using ClawCi.Tools;
using Xunit;

namespace ClawCi.Tests.Sessions;

/// <summary>Any prefix of a transcript is a session that goes on and ends as the whole one did.</summary>
public sealed class ProgressTests : IDisposable
{
    private const string Script = """
        version: 1
        model: claude-sonnet-4-5
        replies:
          - { thinking: hm, text: First., tool-uses: [ { name: bash, input: { command: one } }, { name: bash, input: { command: two } }, { name: bash, input: { command: three } } ] }
          - { status: 529 }
          - { text: half a rep, cut-after-bytes: 200 }
          - { tool-uses: [ { name: bash, input: { command: forbidden } }, { name: read_file, input: { path: a.txt } } ] }
          - { text: cut here, stop-reason: max_tokens }
          - { tool-uses: [ { name: bash, input: { command: four } } ], usage: { input-tokens: 0, output-tokens: 0 } }
          - { tool-uses: [ { name: bash, input: { command: five } }, { name: bash, input: { command: six } } ] }
          - { text: Done. }
        """;

    private static readonly string[] Commands = ["one", "two", "three", "a.txt", "four", "five", "six"];

    private readonly TempDirectory _files = new();

    [Fact]
    public async Task Every_prefix_goes_on_and_ends_as_the_whole_did_with_every_call_made_once()
    {
        var script = _files.Write("script.yaml", Script);
        var whole = _files["whole.jsonl"];
        var end = await ConverseAsync(script, whole, null);
        Assert.IsType<ConversationEnd.Completed>(end.End);
        Assert.Equal(Commands, end.Executed);
        var lines = await File.ReadAllLinesAsync(whole, TestContext.Current.CancellationToken);
        Assert.InRange(lines.Length, 30, 60);
        var last = Progress.Of(TranscriptReader.Read(whole));
        for (var kept = 0; kept <= lines.Length; kept++)
        {
            var path = _files[$"{kept}.jsonl"];
            // With a line that the kill tore.
            await File.WriteAllTextAsync(
                path,
                string.Concat(lines.Take(kept).Select(line => line + "\n")) + "{\"schema\":\"claw",
                TestContext.Current.CancellationToken
            );
            var soFar = Progress.Of(TranscriptReader.Read(path));
            var (before, callsBefore) = (Executed(path), soFar.ToolCalls);
            var interrupted = soFar.Unfinished.Select(call => call.ToolUseId).ToList();
            Assert.InRange(interrupted.Count, 0, 1);

            var resumed = await ConverseAsync(script, path, soFar);

            Assert.Equal(end.End, resumed.End);
            var after = Progress.Of(TranscriptReader.Read(path));
            // What came after an interrupted call in the same reply is for the model to ask again, which a script does not.
            var notRun = Results(after)
                .Where(result => result.Text.StartsWith("Not run: the call before", StringComparison.Ordinal))
                .Select(result => InputOf(after, result.ToolUseId))
                .ToList();
            Assert.True(interrupted.Count == 1 || notRun.Count == 0);
            Assert.Equal(Commands.Except(notRun), before.Concat(resumed.Executed));
            var calls = last.ToolCalls - notRun.Count;
            Assert.Equal((last.Turns, calls, last.Denials.Count), (after.Turns, after.ToolCalls, after.Denials.Count));
            Assert.Equal(last.Requests, after.Requests);
            Assert.Equal(last.SeenFiles.Except(["a.txt"]), after.SeenFiles.Except(["a.txt"]));
            Assert.Equal(
                interrupted,
                Results(after)
                    .Where(result => result.Text.StartsWith("Interrupted", StringComparison.Ordinal))
                    .Select(result => result.ToolUseId)
            );
            PairsAreWhole(after.Session.Messages);
            Assert.Equal(resumed.Ledger.ToolCalls, calls);
            Assert.Equal(end.Ledger.Usage.OutputTokens, resumed.Ledger.Usage.OutputTokens);
            Assert.Equal(callsBefore + resumed.Calls, calls);
        }
    }

    private static string InputOf(Progress progress, string toolUseId) =>
        progress
            .Session.Messages.SelectMany(message => message.ToolUses)
            .First(use => use.Id == toolUseId)
            .Input.EnumerateObject()
            .First()
            .Value.GetString()!;

    [Fact]
    public async Task An_edited_transcript_is_refused_with_the_line()
    {
        var script = _files.Write("script.yaml", Script);
        var path = _files["edited.jsonl"];
        await ConverseAsync(script, path, null);
        var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            path,
            text.Replace("\"four\"", "\"fuor\"", StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );
        var edited = Assert.Throws<UserErrorException>(() => TranscriptReader.Read(path));
        Assert.Contains("edited", Assert.Single(edited.Errors).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _files.Dispose();

    private sealed record Ran(ConversationEnd End, IReadOnlyList<string> Executed, Ledger Ledger, int Calls);

    /// <summary>As a task does it, but for the sandbox.</summary>
    private static async Task<Ran> ConverseAsync(string script, string transcript, Progress? soFar)
    {
        var time = new PatientTime();
        var resumed = soFar?.Last is null ? null : new Resumption(soFar, new KeptLayers("", null, default, 2), []);
        await using var file = resumed is null
            ? TranscriptFile.Create(transcript)
            : TranscriptFile.Continue(transcript);
        using var events = new TranscriptWriter(
            file,
            "run",
            "task",
            new SecretMasker(),
            time,
            soFar: resumed?.Progress
        );
        var choice = new ModelChoice(new("scripted", script), script, ScriptReader.Read(script).Facts);
        using var model = Model.Create(
            choice,
            Samples.Endpoints(ModelEndpoint.Anthropic, ModelTimeouts.Default),
            new CoolDowns(time),
            time,
            () => 0.5,
            asked: resumed?.Progress.Requests ?? 0
        );
        var policy = new PermissionPolicy(PermissionMode.WorkspaceWrite, "built-in", [], [], "/workspace");
        var executed = new List<string>();
        ToolDefinition Named(string name) => new(name, "", JsonElement.Parse("""{"type":"object"}"""));
        Task<ToolOutput> Run(ToolCall call, CancellationToken _)
        {
            executed.Add(call.Input.EnumerateObject().First().Value.GetString()!);
            return Task.FromResult(new ToolOutput("ok", IsError: false, ExitCode: 0));
        }
        var tools = new ToolSet([new Tool(Named("bash"), Run), new Tool(Named("read_file"), Run)], policy);
        var hooks = new HookRunner([Forbidding], "session", "/", events, time);
        var ledger = new Ledger(new Caps(100, 100, null, null, 20));
        if (resumed is null)
        {
            events.On(new RoundStarted(1));
        }
        else
        {
            resumed.Fill(ledger, choice, []);
            resumed.Begin(events, "1");
        }
        var session = resumed?.Progress.Session ?? new Session("run");
        var calls = ledger.ToolCalls;
        var caller = new ModelCaller(
            [model],
            "system",
            null,
            time.GetUtcNow().AddHours(1),
            events,
            time,
            resumed?.Progress
        );
        var conversation = new Conversation(
            new Compactor(
                caller,
                200_000,
                resumed?.Progress.Notes ?? new(),
                (_, _) => Task.FromResult<string?>(null),
                events,
                time
            ),
            tools,
            new ToolDispatcher(tools, policy, hooks, events, time, new Denials(resumed?.Progress.Denials)),
            policy,
            session,
            ledger,
            events,
            new Answers(null),
            resumed?.Progress
        );
        var stop = TestContext.Current.CancellationToken;
        var end = resumed is { IsConversing: true }
            ? await conversation.ResumeAsync(null, stop)
            : await conversation.RunAsync("Go.", stop);
        return new(end, executed, ledger, ledger.ToolCalls - calls);
    }

    private static Hook Forbidding { get; } =
        new(
            ClawCi.Configuration.HookEvent.PreToolUse,
            null,
            "grep -q forbidden && { echo no >&2; exit 2; } || exit 0",
            "/",
            TimeSpan.FromSeconds(30),
            "test"
        );

    /// <summary>What may have been run by a transcript's word.</summary>
    private static List<string> Executed(string path)
    {
        var events = TranscriptReader.Read(path).Select(line => line.Event).ToList();
        var allowed = events.OfType<PolicyDecided>().Select(decision => decision.ToolUseId).ToHashSet();
        return
        [
            .. events
                .OfType<ToolCalled>()
                .Where(call => allowed.Contains(call.ToolUseId))
                .Select(call => call.Input.EnumerateObject().First().Value.GetString()!),
        ];
    }

    private static IEnumerable<ToolResultBlock> Results(Progress progress) =>
        progress.Session.Messages.SelectMany(message => message.Content).OfType<ToolResultBlock>();

    private static void PairsAreWhole(IReadOnlyList<Message> messages)
    {
        for (var i = 0; i < messages.Count; i++)
        {
            if (messages[i].Role == Role.Assistant && messages[i].ToolUses.Any())
                Assert.Equal(
                    messages[i].ToolUses.Select(use => use.Id),
                    messages[i + 1].Content.OfType<ToolResultBlock>().Select(result => result.ToolUseId)
                );
        }
        Assert.Equal(Role.User, messages[0].Role);
    }
}
