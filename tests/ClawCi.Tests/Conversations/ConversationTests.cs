using System.Text.Json;
using ClawCi.Auth;
using ClawCi.Conversations;
using ClawCi.Events;
using ClawCi.Hooks;
using ClawCi.Messages;
using ClawCi.Models;
using ClawCi.Permissions;
using ClawCi.Sessions;
using ClawCi.TestSupport;
using ClawCi.Tools;
using Xunit;

namespace ClawCi.Tests.Conversations;

/// <summary>The loop over the real client, a real socket and the provider's bytes.</summary>
public sealed class ConversationTests
{
    private static readonly ToolDefinition Echo = new("bash", "", JsonElement.Parse("""{"type":"object"}"""));

    private readonly RecordingObserver _events = new();
    private readonly List<ToolCall> _calls = [];
    private PermissionPolicy _policy = Policy(PermissionMode.WorkspaceWrite);
    private Caps _caps = new(20, 20, null, null, 20);
    private Func<string> _output = () => "ok";

    [Fact]
    public async Task A_reply_without_a_tool_use_ends_it()
    {
        var (end, requests) = await RunAsync(Text("Done."));

        Assert.IsType<ConversationEnd.Completed>(end);
        Assert.Single(requests);
        Assert.Empty(_calls);
    }

    [Fact]
    public async Task Every_tool_use_of_a_reply_is_answered_in_one_user_message()
    {
        var (end, requests) = await RunAsync(
            Reply(
                ProviderEvents.ToolUseBlock(0, "t1", "bash", """{"command":"one"}""")
                    + ProviderEvents.ToolUseBlock(1, "t2", "bash", """{"command":"two"}"""),
                "tool_use"
            ),
            Text("Done.")
        );

        Assert.IsType<ConversationEnd.Completed>(end);
        var results = Messages(requests[1])[^1];
        Assert.Equal("user", results.GetProperty("role").GetString());
        Assert.Equal(
            ["t1", "t2"],
            results
                .GetProperty("content")
                .EnumerateArray()
                .Select(block => block.GetProperty("tool_use_id").GetString())
        );
        Assert.Equal(["t1", "t2"], _calls.Select(call => call.Id));
    }

    [Fact]
    public async Task Malformed_input_is_answered_to_the_model_and_not_run()
    {
        var (end, requests) = await RunAsync(Use("""{"command": "unfinished"""), Text("Sorry."));

        Assert.IsType<ConversationEnd.Completed>(end);
        Assert.Empty(_calls);
        Assert.Contains("not a JSON object", requests[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_tool_is_answered_with_the_names_there_are()
    {
        await RunAsync(Use("{}", name: "browser"), Text("Sorry."));

        Assert.Contains("The tools are: bash, bash_output.", LastResult().Text, StringComparison.Ordinal);
        Assert.True(LastResult().IsError);
    }

    [Fact]
    public async Task A_cut_reply_is_continued_a_bounded_number_of_times()
    {
        var (end, requests) = await RunAsync(Cut("and"));

        Assert.Equal("reply-length", Assert.IsType<ConversationEnd.LimitHit>(end).Limit);
        Assert.Equal(4, requests.Count);
        Assert.Contains("cut at the output limit", requests[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cut_reply_that_is_finished_ends_well()
    {
        var (end, _) = await RunAsync(Cut("Half"), Text(" done."));

        Assert.IsType<ConversationEnd.Completed>(end);
    }

    [Fact]
    public async Task A_paused_turn_goes_on_from_where_it_was()
    {
        var (end, requests) = await RunAsync(Reply(TextBlock("thinking"), "pause_turn"), Text("Done."));

        Assert.IsType<ConversationEnd.Completed>(end);
        Assert.Equal("assistant", Messages(requests[1])[^1].GetProperty("role").GetString());
    }

    [Fact]
    public async Task A_refusal_is_said()
    {
        var (end, _) = await RunAsync(Reply(TextBlock("I won't."), "refusal"));

        Assert.Equal("I won't.", Assert.IsType<ConversationEnd.Refused>(end).Text);
    }

    [Fact]
    public async Task A_model_that_loops_ends_at_the_limit_on_turns()
    {
        _caps = _caps with { Turns = 5 };

        var (end, requests) = await RunAsync(Use("""{"command":"again"}"""));

        Assert.Equal("max-turns", Assert.IsType<ConversationEnd.LimitHit>(end).Limit);
        Assert.Equal(5, requests.Count);
        Assert.Equal(5, _calls.Count);
    }

    [Fact]
    public async Task A_model_that_goes_in_circles_is_told_once_and_then_stopped()
    {
        var (end, requests) = await RunAsync(Use("""{"command":"make"}"""));

        var limit = Assert.IsType<ConversationEnd.LimitHit>(end);
        Assert.Equal("loop", limit.Limit);
        Assert.Contains("the same bash call 10 times", limit.Message, StringComparison.Ordinal);
        Assert.Equal(10, _calls.Count);
        Assert.Equal([5], TellingRequests(requests));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_circle_of_a_few_calls_is_one_too(int calls)
    {
        _caps = new(100, 100, null, null, 20);
        var round = Enumerable.Range(0, calls).Select(i => Use($$"""{"command":"echo {{i}}"}"""));

        var (end, requests) = await RunAsync([.. Enumerable.Repeat(round, 20).SelectMany(use => use)]);

        Assert.Equal("loop", Assert.IsType<ConversationEnd.LimitHit>(end).Limit);
        Assert.Equal(10 * calls, requests.Count);
    }

    [Fact]
    public async Task A_model_that_changes_its_ways_when_told_goes_on()
    {
        var same = Enumerable.Repeat(Use("""{"command":"make"}"""), 7);

        var (end, requests) = await RunAsync([.. same, Use("""{"command":"ls"}"""), .. same, Text("Done.")]);

        Assert.IsType<ConversationEnd.Completed>(end);
        Assert.Equal([5, 13], TellingRequests(requests));
    }

    [Fact]
    public async Task The_same_call_with_other_results_is_no_circle()
    {
        _output = () => $"{_calls.Count} tests are red";

        var (end, _) = await RunAsync([.. Enumerable.Repeat(Use("""{"command":"make"}"""), 19), Text("Done.")]);

        Assert.IsType<ConversationEnd.Completed>(end);
    }

    [Theory]
    [InlineData("bash_output", """{"id":"1","wait_seconds":10}""")]
    [InlineData("Bash_Output", """{"id":"1"}""")]
    [InlineData("bash", """{"command":"sleep 5; tail -n 1 build.log"}""")]
    public async Task Waiting_for_a_command_is_no_circle(string tool, string input)
    {
        var (end, requests) = await RunAsync([.. Enumerable.Repeat(Use(input, tool), 19), Text("Done.")]);

        Assert.IsType<ConversationEnd.Completed>(end);
        Assert.Empty(TellingRequests(requests));
    }

    [Fact]
    public async Task A_circle_of_parallel_calls_is_told_of_before_it_ends_anything()
    {
        var twelve = Enumerable.Range(0, 12).Select(i => ProviderEvents.ToolUseBlock(i, $"t{i}", "bash", "{}"));

        var (end, _) = await RunAsync(Reply(string.Concat(twelve), "tool_use"), Text("Done."));

        Assert.IsType<ConversationEnd.Completed>(end);
    }

    [Fact]
    public async Task A_request_that_the_budget_does_not_pay_is_not_made()
    {
        _caps = _caps with { CostUsd = 0.01m };

        var (end, requests) = await RunAsync(Text("Done."));

        Assert.Equal("max-cost-usd", Assert.IsType<ConversationEnd.LimitHit>(end).Limit);
        Assert.Empty(requests);
    }

    [Fact]
    public async Task Near_its_limit_a_model_is_told_once_to_come_to_an_end_and_its_replies_may_be_no_longer_than_what_is_left()
    {
        // 0.0041 a reply; the shortest reply that makes sense costs 0.015.
        _caps = _caps with
        {
            CostUsd = 0.06m,
        };

        var (end, requests) = await RunAsync(Use("""{"command":"again"}"""));

        Assert.Equal("max-cost-usd", Assert.IsType<ConversationEnd.LimitHit>(end).Limit);
        Assert.InRange(_events.Events.OfType<UsageAdded>().Last().TotalCostUsd!.Value, 0.02m, 0.06m);
        var told = Assert.Single(
            _events.Events.OfType<MessageAdded>(),
            message => message.Content.OfType<TextBlock>().Any(text => text.Text.Contains("Come to an end"))
        );
        Assert.IsType<ToolResultBlock>(told.Content[0]);
        var allowed = requests.Select(MaxTokens);
        Assert.Equal(allowed.OrderDescending(), allowed);
        Assert.InRange(allowed.Last(), 1_000, 2_500);
    }

    [Fact]
    public async Task A_reply_that_is_lost_on_its_way_is_paid_for()
    {
        var lost = ProviderEvents.Start() + TextBlock(new string('x', 400));

        var (end, _) = await RunAsync(ChaosAnswers.Stream(lost), Text("Done."));

        Assert.IsType<ConversationEnd.Completed>(end);
        var usage = _events.Events.OfType<UsageAdded>().ToList();
        Assert.Equal([true, null], usage.Select(added => added.Estimated));
        Assert.Equal("anthropic/claude-sonnet-4-5", Assert.Single(usage.Select(added => added.Model).Distinct()));
        Assert.Equal(new Usage(12, 100, 340, 5600), usage[0].Usage);
        Assert.Equal(new Usage(24, 178, 680, 11200), usage[1].TotalUsage);
    }

    [Fact]
    public async Task After_a_lost_reply_the_next_may_be_as_long_as_the_rest_of_the_budget_pays()
    {
        _caps = _caps with { CostUsd = 0.10m };
        var lost = ProviderEvents.Start() + TextBlock(new string('x', 400));

        var (end, requests) = await RunAsync(ChaosAnswers.Stream(lost), Text("Done."));

        Assert.IsType<ConversationEnd.Completed>(end);
        var allowed = requests.Select(MaxTokens).ToList();
        // 12, 340 and 5600 tokens of input and 100 of output cost 0.0045 dollars, which are 299 tokens of output.
        Assert.Equal(2, allowed.Count);
        Assert.InRange(allowed[0] - allowed[1], 290, 310);
    }

    [Fact]
    public async Task An_attempt_that_the_budget_does_not_pay_after_a_loss_is_not_announced()
    {
        // 0.0159 for the shortest request; the lost one takes 0.0045.
        _caps = _caps with
        {
            CostUsd = 0.018m,
        };
        var lost = ProviderEvents.Start() + TextBlock(new string('x', 400));

        var (end, requests) = await RunAsync(ChaosAnswers.Stream(lost), Text("Done."));

        Assert.Equal("max-cost-usd", Assert.IsType<ConversationEnd.LimitHit>(end).Limit);
        Assert.Single(requests);
        Assert.Empty(_events.Events.OfType<ApiRetried>());
    }

    [Fact]
    public async Task A_reply_that_nobody_counted_is_paid_for_by_its_length()
    {
        var uncounted = (ProviderEvents.Start() + TextBlock(new string('x', 400)) + ProviderEvents.End()).Replace(
            "_tokens\":",
            "_words\":"
        );

        var (end, _) = await RunAsync(ChaosAnswers.Stream(uncounted));

        Assert.IsType<ConversationEnd.Completed>(end);
        var usage = Assert.Single(_events.Events.OfType<UsageAdded>());
        Assert.Equal((true, 100), (usage.Estimated, usage.Usage.OutputTokens));
        Assert.InRange(usage.Usage.InputTokens, 1, 1_000);
        Assert.InRange(usage.TotalCostUsd!.Value, 0.0015m, 0.01m);
    }

    [Fact]
    public async Task A_model_that_has_nothing_to_say_to_its_tools_results_is_done()
    {
        var nothing = ChaosAnswers.Stream(ProviderEvents.Start() + ProviderEvents.End(outputTokens: 2));
        var (end, requests) = await RunAsync(["Go.", "The check is red."], Use("{}"), nothing, Text("Done."));

        Assert.IsType<ConversationEnd.Completed>(end);
        Assert.Equal(3, requests.Count);
        // What was not said is not sent.
        Assert.Equal(["user", "assistant", "user", "user"], Messages(requests[2]).Select(RoleOf));
    }

    [Fact]
    public async Task A_server_that_says_and_counts_nothing_fails_after_tools_too()
    {
        var nothing = ChaosAnswers.Stream(ProviderEvents.Start() + ProviderEvents.End(outputTokens: 0));

        var (end, requests) = await RunAsync(Use("{}"), nothing, Text("Done."));

        Assert.IsType<ConversationEnd.Completed>(end);
        Assert.Equal(3, requests.Count);
        Assert.Equal("InvalidReply", Assert.Single(_events.Events.OfType<ApiRetried>()).Reason);
    }

    [Fact]
    public async Task The_limit_on_tool_calls_holds_inside_a_reply()
    {
        _caps = _caps with { ToolCalls = 1 };
        var (end, _) = await RunAsync(
            Reply(
                ProviderEvents.ToolUseBlock(0, "t1", "bash", "{}") + ProviderEvents.ToolUseBlock(1, "t2", "bash", "{}"),
                "tool_use"
            )
        );

        Assert.Equal("max-tool-calls", Assert.IsType<ConversationEnd.LimitHit>(end).Limit);
        Assert.Equal("t1", Assert.Single(_calls).Id);
    }

    [Fact]
    public async Task A_denied_call_is_answered_with_the_reason_and_never_run()
    {
        _policy = Policy(PermissionMode.ReadOnly);

        var (end, _) = await RunAsync(Use("""{"command":"rm x"}"""), Text("I could not."));

        Assert.IsType<ConversationEnd.Completed>(end);
        Assert.Empty(_calls);
        Assert.StartsWith("Denied by policy", LastResult().Text, StringComparison.Ordinal);
        Assert.Equal("deny", Assert.Single(_events.Events.OfType<PolicyDecided>()).Decision);
    }

    [Fact]
    public async Task Too_many_denials_end_it()
    {
        _policy = Policy(PermissionMode.ReadOnly);
        _caps = _caps with { Denials = 2 };

        var (end, requests) = await RunAsync(Use("{}"));

        Assert.Equal("max-denials", Assert.IsType<ConversationEnd.Blocked>(end).Reason);
        Assert.Equal(3, requests.Count);
    }

    [Fact]
    public async Task The_denial_of_a_required_tool_ends_it_at_once()
    {
        _policy = Policy(PermissionMode.ReadOnly, "bash");

        var (end, requests) = await RunAsync(Use("{}"));

        Assert.Equal("required-tool-denied", Assert.IsType<ConversationEnd.Blocked>(end).Reason);
        Assert.Single(requests);
    }

    private Task<(ConversationEnd End, IReadOnlyList<string> Requests)> RunAsync(params ChaosAnswer[] answers) =>
        RunAsync(["Go."], answers);

    private async Task<(ConversationEnd End, IReadOnlyList<string> Requests)> RunAsync(
        IReadOnlyList<string> said,
        params ChaosAnswer[] answers
    )
    {
        await using var server = new ChaosServer(answers);
        var endpoint = new ModelEndpoint(server.Url, new ApiKey("test-key"), null, ModelTimeouts.Default);
        using var model = Model.Create(
            ModelCatalog.BuiltIn.Find(new ModelName("anthropic", "claude-sonnet-4-5")),
            new ModelEndpoints(endpoint, endpoint),
            new CoolDowns(TimeProvider.System),
            TimeProvider.System,
            () => 0.5
        );
        var tools = new ToolSet(
            [new Tool(Echo, RunTool), new Tool(Echo with { Name = "bash_output" }, RunTool)],
            _policy
        );
        var dispatcher = new ToolDispatcher(
            tools,
            _policy,
            new HookRunner([], "session", "/", _events, TimeProvider.System),
            _events,
            TimeProvider.System
        );
        var deadline = TimeProvider.System.GetUtcNow().AddMinutes(1);
        var caller = new ModelCaller([model], "system", null, deadline, _events, TimeProvider.System);
        var conversation = new Conversation(
            Compactors.Lazy(caller, _events),
            tools,
            dispatcher,
            _policy,
            new Session("s"),
            new Ledger(_caps),
            _events,
            new Answers(null)
        );
        ConversationEnd? end = null;
        foreach (var text in said)
            end = await conversation.RunAsync(text, TestContext.Current.CancellationToken);
        return (end!, [.. server.Requests.Select(request => request.Body)]);
    }

    private Task<ToolOutput> RunTool(ToolCall call, CancellationToken cancellationToken)
    {
        _calls.Add(call);
        return Task.FromResult(new ToolOutput(_output(), IsError: false, ExitCode: 0));
    }

    /// <summary>The numbers of the requests whose last message tells the model that it goes in circles.</summary>
    private static IEnumerable<int> TellingRequests(IReadOnlyList<string> requests) =>
        requests
            .Index()
            .Where(request => $"{Messages(request.Item)[^1]}".Contains("the result was the same"))
            .Select(request => request.Index);

    private ToolResultBlock LastResult() =>
        _events.Events.OfType<MessageAdded>().SelectMany(message => message.Content).OfType<ToolResultBlock>().Last();

    private static ChaosAnswer Text(string text) => ChaosAnswers.Stream(ProviderEvents.Text(text));

    private static ChaosAnswer Use(string input, string name = "bash") =>
        ChaosAnswers.Stream(ProviderEvents.ToolUse("t", name, input));

    private static ChaosAnswer Cut(string text) => Reply(TextBlock(text), "max_tokens");

    private static ChaosAnswer Reply(string blocks, string stopReason) =>
        ChaosAnswers.Stream(ProviderEvents.Start() + blocks + ProviderEvents.End(stopReason));

    private static string TextBlock(string text) =>
        ProviderEvents.Block(0, """{"type":"text","text":""}""", $$$"""{"type":"text_delta","text":"{{{text}}}"}""");

    private static JsonElement[] Messages(string request) =>
        [.. JsonElement.Parse(request).GetProperty("messages").EnumerateArray()];

    private static int MaxTokens(string request) => JsonElement.Parse(request).GetProperty("max_tokens").GetInt32();

    private static string? RoleOf(JsonElement message) => message.GetProperty("role").GetString();

    private static PermissionPolicy Policy(PermissionMode mode, params string[] required) =>
        new(mode, "built-in", [], required, "/workspace");
}
