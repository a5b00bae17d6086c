using ClawCi.Auth;
using ClawCi.Models;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Models;

/// <summary>A credential that stops being good in the middle of a run.</summary>
public sealed class RefusedCredentialTests
{
    private static readonly ChaosAnswer Refusal = ChaosAnswers.Error(401, "authentication_error", "token expired");

    [Fact]
    public async Task A_token_that_is_refused_is_renewed_once_and_the_request_made_again()
    {
        await using var server = new ChaosServer(Refusal, ChaosAnswers.Stream(ProviderEvents.Text("hi")));
        await using var tokens = Tokens();
        using var directory = new TempDirectory();

        var reply = await AskAsync(server, Source(directory, tokens));

        Assert.Equal("hi", reply.Message.Text);
        Assert.Equal(["Bearer old", "Bearer new"], server.Requests.Select(request => request.Headers["authorization"]));
        Assert.Single(tokens.Requests);
    }

    [Fact]
    public async Task A_token_that_is_refused_again_ends_it_and_the_source_is_named()
    {
        await using var server = new ChaosServer(Refusal);
        await using var tokens = Tokens();
        using var directory = new TempDirectory();

        var failure = await Assert.ThrowsAsync<ModelException>(() => AskAsync(server, Source(directory, tokens)));

        Assert.Equal(ModelFailure.Authentication, failure.Failure);
        Assert.Contains($"the token file {directory["token.json"]}", failure.Message);
        Assert.Equal(2, server.Requests.Count);
    }

    private static ChaosServer Tokens() =>
        new(ChaosAnswers.Respond(200, """{"access_token":"new","refresh_token":"r2","expires_in":3600}"""));

    private static OAuthCredential Source(TempDirectory directory, ChaosServer tokens)
    {
        var time = TimeProvider.System;
        var file = new TokenFile(directory["token.json"], time);
        file.Write(new StoredToken(1, "anthropic", "old", "r1", null, null, tokens.Url, "client"));
        return new OAuthCredential(file, new TokenEndpoint(_ => null, _ => { }, time), _ => { }, time);
    }

    private static async Task<ModelReply> AskAsync(ChaosServer server, ICredentialSource source)
    {
        var endpoint = Samples.Endpoint(server) with { Credential = source };
        using var model = Model.Create(
            Samples.Choice("anthropic/" + Samples.ModelId),
            new ModelEndpoints(endpoint, endpoint),
            new CoolDowns(TimeProvider.System),
            TimeProvider.System,
            () => 0
        );
        return await model.CompleteAsync(
            () => new(Samples.Request()),
            _ => { },
            DateTimeOffset.MaxValue,
            TestContext.Current.CancellationToken
        );
    }
}
