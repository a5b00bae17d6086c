using ClawCi.Auth;
using ClawCi.Models;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Models;

public sealed class ModelTests
{
    private static readonly string Whole = ProviderEvents.Text("at last");

    [Fact]
    public async Task Everything_that_passes_is_survived_in_one_message()
    {
        const string now = "retry-after: 0\r\n";
        await using var server = new ChaosServer(
            ChaosAnswers.Error(429, "rate_limit_error", "slow", now),
            ChaosAnswers.Error(529, "overloaded_error", "Overloaded", now),
            ChaosAnswers.Error(500, "api_error", "oops", now),
            ChaosAnswers.Stream(Whole)
        );
        using var model = Create(server);
        var retries = new List<ModelRetry>();
        var reply = await CompleteAsync(model, retries.Add);
        Assert.Equal("at last", reply.Message.Text);
        Assert.Equal([429, 529, 500], retries.Select(retry => retry.Status));
        Assert.Single(server.Requests.Select(request => request.Body).Distinct());
    }

    [Fact]
    public async Task A_stream_that_is_cut_or_fails_midway_is_asked_again_from_the_start()
    {
        await using var server = new ChaosServer(
            ChaosAnswers.CutAfter(Whole[..600]),
            ChaosAnswers.Stream(ProviderEvents.Start() + ProviderEvents.Error("overloaded_error", "Overloaded")),
            ChaosAnswers.Stream(Whole)
        );
        using var model = Create(server);
        var failures = new List<ModelFailure>();
        var reply = await CompleteAsync(model, retry => failures.Add(retry.Failure));
        Assert.Equal("at last", reply.Message.Text);
        Assert.Equal([ModelFailure.Interrupted, ModelFailure.Overloaded], failures);
    }

    [Fact]
    public async Task A_denied_key_is_not_tried_twice()
    {
        await using var server = new ChaosServer(ChaosAnswers.Error(401, "authentication_error", "invalid x-api-key"));
        using var model = Create(server);
        var failure = await Assert.ThrowsAsync<ModelException>(() => CompleteAsync(model, _ => { }));
        Assert.Contains("(the credential is of an API key)", failure.Message);
        Assert.Single(server.Requests);
    }

    [Fact]
    public void A_model_knows_its_name_price_and_windows()
    {
        using var model = Create(null);
        Assert.Equal("anthropic/claude-sonnet-4-5", model.Name);
        Assert.Equal((200_000, 64_000), (model.ContextWindow, model.MaxOutputTokens));
        Assert.Equal(15m, model.Price!.Rates.Output);
    }

    private static Model Create(ChaosServer? server) =>
        Model.Create(
            Samples.Choice("anthropic/" + Samples.ModelId),
            Samples.Endpoints(server?.Url ?? ModelEndpoint.Anthropic),
            new CoolDowns(TimeProvider.System),
            TimeProvider.System,
            () => 0
        );

    private static Task<ModelReply> CompleteAsync(Model model, Action<ModelRetry> onRetry) =>
        model.CompleteAsync(
            () => new(Samples.Request()),
            onRetry,
            DateTimeOffset.MaxValue,
            TestContext.Current.CancellationToken
        );
}
