using System.Text;
using ClawCi.Auth;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Auth;

/// <summary>What stands between a token endpoint and its token.</summary>
public sealed class TokenEndpointTests
{
    private const string Answer = """{"access_token":"new-access","expires_in":3600}""";

    private static readonly Dictionary<string, string> Fields = new() { ["grant_type"] = "refresh_token" };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_proxy_that_asks_gets_user_and_password_and_no_message_has_them()
    {
        await using var proxy = new ChaosServer(
            ChaosAnswers.Respond(407, "", headers: "proxy-authenticate: Basic realm=\"p\"\r\n"),
            ChaosAnswers.Respond(200, Answer),
            ChaosAnswers.Respond(403, "{}")
        );
        var named = new UriBuilder(proxy.Url) { UserName = "ci", Password = "p%40ss-canary" }.Uri;
        var endpoint = new TokenEndpoint(_ => named, _ => { }, new Models.HurriedTime());

        var token = await endpoint.AskAsync(new Uri("http://127.0.0.1:1/token"), Fields, asJson: false, Stop);

        Assert.Equal("new-access", token.AccessToken);
        Assert.Equal(
            $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("ci:p@ss-canary"))}",
            proxy.Requests[1].Headers["proxy-authorization"]
        );
        var failure = await Assert.ThrowsAsync<AuthException>(() =>
            endpoint.AskAsync(new Uri("https://auth.invalid/token"), Fields, asJson: false, Stop)
        );
        Assert.DoesNotContain("canary", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_is_read_whatever_charset_it_names()
    {
        await using var server = new ChaosServer(
            ChaosAnswers.Respond(200, Answer, "application/json; charset=windows-1252")
        );
        var endpoint = new TokenEndpoint(_ => null, _ => { }, TimeProvider.System);
        Assert.Equal("new-access", (await endpoint.AskAsync(server.Url, Fields, asJson: false, Stop)).AccessToken);
    }
}
