using System.Text.Json;
using ClawCi.Conversations;
using ClawCi.Conversations.Compaction;
using ClawCi.Events;
using ClawCi.Hooks;
using ClawCi.Messages;
using ClawCi.Models;
using ClawCi.Permissions;
using ClawCi.Sessions;
using ClawCi.Tests.Models;
using ClawCi.TestSupport;
using ClawCi.Tools;
using Xunit;

namespace ClawCi.Tests.Conversations.Compaction;

/// <summary>A conversation with a <see cref="StrictProvider"/> through the real client, compacted at a threshold.</summary>
internal sealed class Talk
{
    public const string Prompt = "Mend the invoice's total; never touch tests/golden.";

    private static readonly ToolDefinition Bash = new("bash", "", JsonElement.Parse("""{"type":"object"}"""));

    public required StrictProvider Provider { get; init; }

    public required int Threshold { get; init; }

    public Caps Caps { get; init; } = new(1_000, 1_000, null, null, 20);

    /// <summary>What the n-th call answers.</summary>
    public Func<int, ToolOutput> Output { get; init; } =
        call => new ToolOutput($"output {call} " + new string('x', 2_000), IsError: false, ExitCode: 0);

    public RecordingObserver Events { get; } = new();

    public Session Session { get; } = new("s");

    public IReadOnlyList<Compacted> Compactions => [.. Events.Events.OfType<Compacted>()];

    /// <summary>Of the conversation that ran.</summary>
    public Ledger Ledger { get; private set; } = new(Caps.OfRun(null));

    public List<string> Executed { get; } = [];

    public List<long> Announced { get; } = [];

    public async Task<ConversationEnd> RunAsync()
    {
        await using var server = new ChaosServer(Provider.Answer);
        using var model = Model.Create(
            Samples.Choice("anthropic/claude-sonnet-4-5"),
            Samples.Endpoints(server.Url),
            new CoolDowns(TimeProvider.System),
            TimeProvider.System,
            () => 0
        );
        Ledger = new Ledger(Caps);
        var notes = new SessionNotes();
        var events = new Observers(notes, Events);
        var policy = new PermissionPolicy(PermissionMode.WorkspaceWrite, "built-in", [], [], "/workspace");
        var tools = new ToolSet([new Tool(Bash, Run)], policy);
        var hooks = new HookRunner([], "session", "/", events, TimeProvider.System);
        var caller = new ModelCaller(
            [model],
            "You mend code.",
            null,
            DateTimeOffset.MaxValue,
            events,
            TimeProvider.System
        );
        var compactor = new Compactor(caller, Threshold, notes, Announce, events, TimeProvider.System);
        var conversation = new Conversation(
            compactor,
            tools,
            new ToolDispatcher(tools, policy, hooks, events, TimeProvider.System),
            policy,
            Session,
            Ledger,
            events,
            new Answers(null)
        );
        return await conversation.RunAsync(Prompt, TestContext.Current.CancellationToken);
    }

    private Task<string?> Announce(long tokens, CancellationToken cancellationToken)
    {
        Announced.Add(tokens);
        return Task.FromResult<string?>("the customer is in Bern");
    }

    private Task<ToolOutput> Run(ToolCall call, CancellationToken cancellationToken)
    {
        Executed.Add(call.Input.GetProperty("command").GetString()!);
        return Task.FromResult(Output(Executed.Count));
    }
}
