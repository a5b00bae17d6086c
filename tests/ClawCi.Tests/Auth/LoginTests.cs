using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Web;
using ClawCi.Auth;
using ClawCi.TestSupport;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClawCi.Tests.Auth;

/// <summary>A login over real sockets; the test is the browser.</summary>
public sealed class LoginTests
{
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_code_is_exchanged_with_the_verifier_of_its_challenge_and_nothing_else_ends_the_wait()
    {
        await using var server = new ChaosServer(
            ChaosAnswers.Respond(200, """{"access_token":"a","refresh_token":"r","expires_in":60}""")
        );
        var (login, shown) = Start(server);
        var asked = HttpUtility.ParseQueryString(shown.Query);
        Assert.Equal(
            ("code", "S256", "the client", "a b"),
            (asked["response_type"], asked["code_challenge_method"], asked["client_id"], asked["scope"])
        );
        Assert.Equal("1", asked["tenant"]);
        var redirect = asked["redirect_uri"]!;

        Assert.Equal(HttpStatusCode.NotFound, await GetAsync(redirect.Replace("/callback", "/favicon.ico")));
        Assert.Equal(HttpStatusCode.BadRequest, await GetAsync($"{redirect}?code=stolen&state=guessed"));
        Assert.False(login.IsCompleted);
        Assert.Equal(HttpStatusCode.OK, await GetAsync($"{redirect}?code=the%2Bcode&state={asked["state"]}"));

        var token = await login;
        Assert.Equal(("a", "r", "the client"), (token.AccessToken, token.RefreshToken, token.ClientId));
        Assert.True(token.CanBeRenewed);
        var sent = HttpUtility.ParseQueryString(Assert.Single(server.Requests).Body);
        Assert.Equal(
            ("authorization_code", "the+code", redirect),
            (sent["grant_type"], sent["code"], sent["redirect_uri"])
        );
        var challenge = System.Buffers.Text.Base64Url.EncodeToString(
            SHA256.HashData(Encoding.ASCII.GetBytes(sent["code_verifier"]!))
        );
        Assert.Equal(asked["code_challenge"], challenge);
    }

    [Fact]
    public async Task A_refusal_is_said()
    {
        await using var server = new ChaosServer(ChaosAnswers.Close);
        var (login, shown) = Start(server);
        var asked = HttpUtility.ParseQueryString(shown.Query);
        await GetAsync($"{asked["redirect_uri"]}?error=access_denied&state={asked["state"]}");
        var failure = await Assert.ThrowsAsync<AuthException>(() => login);
        Assert.Equal("The login was refused: access_denied.", failure.Message);
    }

    [Fact]
    public async Task Nobody_is_waited_for_for_ever()
    {
        await using var server = new ChaosServer(ChaosAnswers.Close);
        var (login, _) = Start(server);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(
            "Nobody logged in within 5 minutes.",
            (await Assert.ThrowsAsync<AuthException>(() => login)).Message
        );
    }

    private (Task<StoredToken> Login, Uri Shown) Start(ChaosServer server)
    {
        Uri? shown = null;
        var settings = new LoginSettings(
            "anthropic",
            new Uri("https://auth.example.com/authorize?tenant=1"),
            server.Url,
            "the client",
            "a b",
            0
        );
        var login = new Login(
            settings,
            new TokenEndpoint(_ => null, _ => { }, _time),
            RandomNumberGenerator.GetBytes,
            _time
        );
        var running = login.RunAsync(uri => shown = uri, TimeSpan.FromMinutes(5), Stop);
        return (running, shown!);
    }

    private static async Task<HttpStatusCode> GetAsync(string address)
    {
        using var browser = new HttpClient();
        using var response = await browser.GetAsync(new Uri(address), Stop);
        return response.StatusCode;
    }
}
