using System.Text.Json;
using System.Web;
using ClawCi.Auth;
using ClawCi.TestSupport;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClawCi.Tests.Auth;

public sealed class OidcCredentialTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _masked = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_s_identity_is_exchanged_for_a_token_that_is_kept_until_near_its_end()
    {
        await using var github = new ChaosServer(ChaosAnswers.Respond(200, """{"value":"job.identity.jwt"}"""));
        await using var provider = new ChaosServer(Token("first"), Token("second"), Token("third"));
        var credential = Credential(github, provider, assertion: false, json: false);

        Assert.Equal("first", (await credential.GetAsync(Stop)).Value);
        _time.Advance(TimeSpan.FromSeconds(700));
        Assert.Equal("first", (await credential.GetAsync(Stop)).Value);
        _time.Advance(TimeSpan.FromSeconds(100));
        var second = await credential.GetAsync(Stop);
        Assert.Equal("second", second.Value);
        Assert.Equal("third", (await credential.ReplaceAsync(second, Stop))!.Value);

        Assert.Equal("Bearer job-token", github.Requests[0].Headers["authorization"]);
        var fields = HttpUtility.ParseQueryString(provider.Requests[0].Body);
        Assert.Equal("urn:ietf:params:oauth:grant-type:token-exchange", fields["grant_type"]);
        Assert.Equal("urn:ietf:params:oauth:token-type:jwt", fields["subject_token_type"]);
        Assert.Equal(("job.identity.jwt", "sa_1"), (fields["subject_token"], fields["service_account_id"]));
        Assert.Contains("job.identity.jwt", _masked);
        Assert.Contains("first", _masked);
    }

    [Fact]
    public async Task A_provider_may_want_an_assertion_and_json()
    {
        await using var github = new ChaosServer(ChaosAnswers.Respond(200, """{"value":"job.identity.jwt"}"""));
        await using var provider = new ChaosServer(Token("first"));
        await Credential(github, provider, assertion: true, json: true).GetAsync(Stop);
        var body = JsonElement.Parse(provider.Requests[0].Body);
        Assert.Equal("urn:ietf:params:oauth:grant-type:jwt-bearer", body.GetProperty("grant_type").GetString());
        Assert.Equal("job.identity.jwt", body.GetProperty("assertion").GetString());
        Assert.Equal("sa_1", body.GetProperty("service_account_id").GetString());
    }

    [Fact]
    public async Task A_refusal_is_said_in_the_provider_s_words()
    {
        await using var github = new ChaosServer(ChaosAnswers.Respond(200, """{"value":"job.identity.jwt"}"""));
        await using var provider = new ChaosServer(
            ChaosAnswers.Respond(403, """{"error":"access_denied","error_description":"no rule\nmatches"}""")
        );
        var failure = await Assert.ThrowsAsync<AuthException>(() =>
            Credential(github, provider, assertion: false, json: false).GetAsync(Stop).AsTask()
        );
        Assert.Equal(AuthFailure.TokenRefused, failure.Failure);
        Assert.Contains("refuses: 403 access_denied: no rule ↵ matches.", failure.Message);
    }

    private OidcCredential Credential(ChaosServer github, ChaosServer provider, bool assertion, bool json)
    {
        var endpoint = new TokenEndpoint(_ => null, _masked.Add, _time);
        var settings = new OidcSettings(
            provider.Url,
            "api",
            assertion,
            json,
            new Dictionary<string, string> { ["service_account_id"] = "sa_1" }
        );
        return new OidcCredential(
            "OIDC",
            settings,
            stop => endpoint.AskIdentityAsync(github.Url, "job-token", stop),
            endpoint,
            _time
        );
    }

    private static ChaosAnswer Token(string value) =>
        ChaosAnswers.Respond(200, $$"""{"access_token":"{{value}}","token_type":"Bearer","expires_in":900}""");
}
