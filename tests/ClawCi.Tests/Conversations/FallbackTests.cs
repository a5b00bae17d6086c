using System.Text.Json;
using ClawCi.Auth;
using ClawCi.Conversations;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Models;
using ClawCi.Sessions;
using ClawCi.Tests.Models;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Conversations;

/// <summary>Who goes on when a model stays away, over real sockets and from one provider to another.</summary>
public sealed class FallbackTests
{
    private static readonly ChaosAnswer Busy = ChaosAnswers.Error(
        529,
        "overloaded_error",
        "busy",
        "retry-after: 0\r\n"
    );

    private readonly RecordingObserver _events = new();
    private readonly Session _session = new("s");
    private readonly Ledger _ledger = new(new Caps(9, 9, null, 1m, 9));

    [Fact]
    public async Task A_model_that_stays_unavailable_hands_over_to_the_next_for_good()
    {
        await using var first = new ChaosServer(
            ChaosAnswers.Stream(
                ProviderEvents.Start()
                    + ProviderEvents.Block(0, """{"type":"thinking","thinking":"secret thought","signature":"sig"}""")
                    + ProviderEvents.ToolUseBlock(1, "t1", "bash", """{"command":"ls"}""")
                    + ProviderEvents.End("tool_use")
            ),
            Busy
        );
        await using var second = new ChaosServer(ChaosAnswers.Stream(ChatEvents.Content("Done.") + ChatEvents.End()));
        using var models = new Models(first, second, "anthropic/claude-sonnet-4-5", "openai-chat/gpt-4.1-mini");
        var caller = Caller(models);

        await AskAsync(caller, Message.User("Go."));
        var reply = await AskAsync(caller, new(Role.User, [new ToolResultBlock("t1", "a.txt", IsError: false)]));
        await AskAsync(caller, Message.User("More."));

        Assert.Equal("Done.", reply.Message.Text);
        Assert.Equal(1 + RetryPolicy.MaxAttempts, first.Requests.Count);
        Assert.Equal(2, second.Requests.Count);
        Assert.Contains("a.txt", second.Requests[0].Body);
        Assert.DoesNotContain("secret thought", second.Requests[0].Body);
        var warning = Assert.Single(_events.Events.OfType<Warned>()).Message;
        Assert.StartsWith("anthropic/claude-sonnet-4-5 is unavailable, so openai-chat/gpt-4.1-mini goes on: ", warning);
        Assert.Contains("529 overloaded_error: busy", warning);
        // Each at its own price: 12 + 340 + 5600 + 78 tokens of one, twice 12 + 5600 + 78 of the other.
        Assert.Equal(
            (12 * 3m + 340 * 3.75m + 5600 * 0.30m + 78 * 15m) / 1_000_000m,
            _ledger.Models["anthropic/claude-sonnet-4-5"].CostUsd
        );
        Assert.Equal(
            2 * (12 * 0.40m + 5600 * 0.10m + 78 * 1.60m) / 1_000_000m,
            _ledger.Models["openai-chat/gpt-4.1-mini"].CostUsd
        );
    }

    [Fact]
    public async Task A_provider_that_wants_to_be_left_alone_is_away_for_every_task()
    {
        await using var first = new ChaosServer(
            ChaosAnswers.Error(429, "rate_limit_error", "slow", "retry-after: 3600\r\n")
        );
        await using var second = new ChaosServer(ChaosAnswers.Stream(ChatEvents.Content("Done.") + ChatEvents.End()));
        using var models = new Models(first, second, "anthropic/claude-sonnet-4-5", "openai-chat/gpt-4o");
        var deadline = TimeProvider.System.GetUtcNow().AddMinutes(10);

        Assert.Equal("Done.", (await AskAsync(Caller(models, deadline), Message.User("Go."))).Message.Text);
        Assert.Equal("Done.", (await AskAsync(Caller(models, deadline), Message.User("Go."))).Message.Text);

        Assert.Single(first.Requests);
    }

    [Fact]
    public async Task A_provider_that_says_not_to_try_again_is_not_asked_again_and_is_away()
    {
        await using var first = new ChaosServer(
            ChaosAnswers.Error(529, "overloaded_error", "busy", "x-should-retry: false\r\n")
        );
        await using var second = new ChaosServer(ChaosAnswers.Stream(ChatEvents.Content("Done.") + ChatEvents.End()));
        using var models = new Models(first, second, "anthropic/claude-sonnet-4-5", "openai-chat/gpt-4o");

        Assert.Equal("Done.", (await AskAsync(Caller(models), Message.User("Go."))).Message.Text);

        Assert.Single(first.Requests);
    }

    [Fact]
    public async Task The_limits_of_the_fallback_hold()
    {
        await using var first = new ChaosServer(Busy);
        await using var second = new ChaosServer(ChaosAnswers.Stream(ChatEvents.Content("Done.") + ChatEvents.End()));
        using var models = new Models(first, second, "anthropic/claude-sonnet-4-5", "openai-chat/gpt-4o");
        await AskAsync(Caller(models), Message.User("Go."));
        Assert.Equal(32_000, Member(first, "max_tokens"));
        Assert.Equal(16_384, Member(second, "max_tokens"));
    }

    [Theory]
    [InlineData(0.05, 1)]
    [InlineData(0.01, 0)]
    public async Task A_dearer_fallback_is_held_to_the_same_cap(decimal cap, int requests)
    {
        await using var dear = new ChaosServer(ChaosAnswers.Stream(ProviderEvents.Text("Done.")));
        await using var cheap = new ChaosServer(Busy);
        using var models = new Models(dear, cheap, "openai-chat/gpt-4.1-mini", "anthropic/claude-sonnet-4-5");
        _session.Add(Message.User("Go."));
        var ledger = new Ledger(new Caps(9, 9, null, cap, 9));
        var (_, limit) = await Caller(models).AskAsync(_session, [], ledger, TestContext.Current.CancellationToken);
        Assert.Equal(requests, dear.Requests.Count);
        Assert.Equal(requests == 0 ? "max-cost-usd" : null, limit?.Limit);
        if (requests > 0)
            Assert.InRange(Member(dear, "max_tokens") * 15m / 1_000_000m, 0.01m, cap);
    }

    [Theory]
    [InlineData(401, "authentication_error", "who are you")]
    [InlineData(400, "invalid_request_error", "prompt is too long")]
    public async Task What_is_wrong_with_key_or_request_is_not_handed_over(int status, string type, string message)
    {
        await using var first = new ChaosServer(ChaosAnswers.Error(status, type, message));
        await using var second = new ChaosServer(ChaosAnswers.Stream(ChatEvents.Content("Done.") + ChatEvents.End()));
        using var models = new Models(first, second, "anthropic/claude-sonnet-4-5", "openai-chat/gpt-4o");
        await Assert.ThrowsAsync<ModelException>(() => AskAsync(Caller(models), Message.User("Go.")));
        Assert.Empty(second.Requests);
    }

    [Fact]
    public async Task When_the_last_one_is_away_too_its_failure_is_the_end()
    {
        await using var first = new ChaosServer(Busy);
        await using var second = new ChaosServer(ChaosAnswers.Error(404, "not_found_error", "no such model"));
        using var models = new Models(first, second, "anthropic/claude-sonnet-4-5", "openai-chat/gpt-4o");
        var failure = await Assert.ThrowsAsync<ModelException>(() => AskAsync(Caller(models), Message.User("Go.")));
        Assert.Equal(ModelFailure.NotFound, failure.Failure);
    }

    private async Task<ModelReply> AskAsync(ModelCaller caller, Message message)
    {
        _session.Add(message);
        return (await caller.AskAsync(_session, [], _ledger, TestContext.Current.CancellationToken)).Reply!;
    }

    private ModelCaller Caller(Models models, DateTimeOffset? deadline = null) =>
        new(models.All, "system", null, deadline ?? DateTimeOffset.MaxValue, _events, TimeProvider.System);

    private static int Member(ChaosServer server, string name) =>
        JsonElement.Parse(server.Requests[0].Body).GetProperty(name).GetInt32();

    /// <summary>Two models, the first at one server and the second at another.</summary>
    private sealed class Models : IDisposable
    {
        public Models(ChaosServer first, ChaosServer second, params IReadOnlyList<string> names)
        {
            var endpoints = new ModelEndpoints(At(first), At(second));
            var coolDowns = new CoolDowns(TimeProvider.System);
            All =
            [
                .. names.Select(name =>
                    Model.Create(Samples.Choice(name), endpoints, coolDowns, TimeProvider.System, () => 0)
                ),
            ];
        }

        public IReadOnlyList<Model> All { get; }

        private static ModelEndpoint At(ChaosServer server) => new(server.Url, new ApiKey("k"), null, Samples.Patient);

        public void Dispose()
        {
            foreach (var model in All)
                model.Dispose();
        }
    }
}
