using System.Text.Json;
using System.Web;
using ClawCi.Auth;
using ClawCi.TestSupport;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClawCi.Tests.Auth;

/// <summary>The token file over real files, locks and sockets.</summary>
public sealed class OAuthCredentialTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private readonly TempDirectory _directory = new(nameof(OAuthCredentialTests));
    private readonly FakeTimeProvider _time = new(Now);
    private readonly List<string> _masked = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private TokenFile File => new(_directory["token.json"], _time);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_token_with_time_left_is_used_as_it_is()
    {
        Write(expiresIn: TimeSpan.FromHours(1));
        Assert.Equal("old-access", (await Credential().GetAsync(Stop)).Value);
        Assert.Equal(["old-access", "old-refresh"], _masked);
    }

    [Fact]
    public async Task A_token_near_its_end_is_renewed_and_both_its_parts_are_kept()
    {
        await using var server = new ChaosServer(
            Answer("""{"access_token":"new-access","refresh_token":"new-refresh","expires_in":3600}""")
        );
        Write(expiresIn: TimeSpan.FromMinutes(4), server.Url);

        Assert.Equal("new-access", (await Credential().GetAsync(Stop)).Value);

        var asked = HttpUtility.ParseQueryString(Assert.Single(server.Requests).Body);
        Assert.Equal(
            ("refresh_token", "old-refresh", "the-client"),
            (asked["grant_type"], asked["refresh_token"], asked["client_id"])
        );
        var stored = File.Read();
        Assert.Equal(
            ("new-access", "new-refresh", Now.AddHours(1)),
            (stored.AccessToken, stored.RefreshToken, stored.ExpiresAt)
        );
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File.Path));
        Assert.Contains("new-refresh", _masked);
    }

    [Fact]
    public async Task A_refresh_token_that_is_not_replaced_stays_good()
    {
        await using var server = new ChaosServer(Answer("""{"access_token":"new-access","expires_in":"3600"}"""));
        Write(expiresIn: TimeSpan.Zero, server.Url);
        await Credential().GetAsync(Stop);
        Assert.Equal("old-refresh", File.Read().RefreshToken);
    }

    [Fact]
    public async Task Revoked_and_expired_are_told_apart()
    {
        await using var server = new ChaosServer(
            ChaosAnswers.Respond(400, """{"error":"invalid_grant","error_description":"Token has been revoked."}""")
        );
        Write(expiresIn: TimeSpan.Zero, server.Url);
        var revoked = await FailsAsync();
        Assert.Equal(AuthFailure.TokenRevoked, revoked.Failure);
        Assert.Contains("invalid_grant: Token has been revoked.", revoked.Message);

        Write(expiresIn: TimeSpan.Zero, endpoint: null);
        var expired = await FailsAsync();
        Assert.Equal(AuthFailure.TokenExpired, expired.Failure);
        Assert.Contains("expired at 2026-11-25 12:00:00Z", expired.Message);
    }

    [Fact]
    public async Task An_endpoint_that_is_away_does_not_matter_while_the_token_is_good()
    {
        await using var server = new ChaosServer(ChaosAnswers.Respond(503, "{}"));
        Write(expiresIn: TimeSpan.FromMinutes(1), server.Url);
        Assert.Equal("old-access", (await HurriedAsync(credential => credential.GetAsync(Stop).AsTask())).Value);
        Assert.Equal(4, server.Requests.Count);

        Write(expiresIn: TimeSpan.Zero, server.Url);
        var failure = await Assert.ThrowsAsync<AuthException>(() =>
            HurriedAsync(credential => credential.GetAsync(Stop).AsTask())
        );
        Assert.Equal((AuthFailure.TokenEndpoint, true), (failure.Failure, failure.IsTransient));
    }

    [Fact]
    public async Task A_token_that_was_refused_is_renewed_whatever_the_clock_says()
    {
        await using var server = new ChaosServer(Answer("""{"access_token":"new-access","expires_in":3600}"""));
        Write(expiresIn: TimeSpan.FromDays(1), server.Url);
        var credential = Credential();
        var refused = await credential.GetAsync(Stop);
        Assert.Equal("new-access", (await credential.ReplaceAsync(refused, Stop))!.Value);
        // A second task whose request was refused with the old token takes the new one.
        Assert.Equal("new-access", (await credential.ReplaceAsync(refused, Stop))!.Value);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task However_many_want_it_at_once_it_is_renewed_once()
    {
        await using var server = new ChaosServer(
            Answer("""{"access_token":"new-access","refresh_token":"new-refresh","expires_in":3600}""")
        );
        Write(expiresIn: TimeSpan.Zero, server.Url);
        var time = TimeProvider.System;
        // Each has a source of its own, as each process would.
        var values = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(_ =>
                    Task.Run(async () =>
                        (
                            await new OAuthCredential(
                                new TokenFile(_directory["token.json"], time),
                                new TokenEndpoint(_ => null, _ => { }, time),
                                _ => { },
                                time
                            ).GetAsync(Stop)
                        ).Value
                    )
                )
        );
        Assert.All(values, value => Assert.Equal("new-access", value));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_token_that_is_still_good_is_used_while_another_process_renews_it()
    {
        Write(expiresIn: TimeSpan.FromMinutes(4), new Uri("http://127.0.0.1:1"));
        using var held = await File.LockAsync(Stop);
        Assert.Equal("old-access", (await Credential().GetAsync(Stop)).Value);
    }

    [Fact]
    public async Task A_token_that_is_still_good_is_used_where_no_lock_can_be_had()
    {
        Write(expiresIn: TimeSpan.FromMinutes(4), new Uri("http://127.0.0.1:1"));
        Directory.CreateDirectory($"{File.Path}.lock");
        Assert.Equal("old-access", (await Credential().GetAsync(Stop)).Value);
    }

    [Fact]
    public async Task A_token_that_cannot_be_renewed_takes_no_lock()
    {
        using var held = await File.LockAsync(Stop);
        Write(expiresIn: TimeSpan.FromMinutes(4), endpoint: null);
        Assert.Equal("old-access", (await Credential().GetAsync(Stop)).Value);
        Write(expiresIn: TimeSpan.Zero, endpoint: null);
        Assert.Equal(AuthFailure.TokenExpired, (await FailsAsync()).Failure);
    }

    [Fact]
    public async Task A_lock_is_waited_for_longer_than_its_holder_can_take()
    {
        var held = await File.LockAsync(Stop);
        var waiting = File.LockAsync(Stop);
        _time.Advance(TokenEndpoint.Longest + TimeSpan.FromSeconds(10));
        Assert.False(waiting.IsCompleted);
        held.Dispose();
        while (!waiting.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Yield();
        }
        (await waiting).Dispose();
    }

    [Fact]
    public async Task A_lock_that_nobody_holds_and_that_cannot_be_made_is_not_waited_for()
    {
        var tooLong = new TokenFile(_directory[new string('x', 252)], _time);
        var failure = await Assert.ThrowsAsync<AuthException>(() => tooLong.LockAsync(Stop));
        Assert.Equal(AuthFailure.TokenFileInvalid, failure.Failure);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    public async Task A_file_that_others_can_read_is_not_used(UnixFileMode more)
    {
        Write(expiresIn: TimeSpan.FromHours(1));
        System.IO.File.SetUnixFileMode(File.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | more);
        var failure = await FailsAsync();
        Assert.Equal(AuthFailure.TokenFileOpen, failure.Failure);
        Assert.Contains("chmod 600", failure.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"version":2,"provider":"anthropic","access_token":"secret-one"}""")]
    [InlineData("""{"version":1,"provider":"anthropic","access_token":"secret-one""")]
    public async Task A_file_that_is_none_is_said_without_what_is_in_it(string content)
    {
        Write(expiresIn: TimeSpan.FromHours(1));
        System.IO.File.WriteAllText(File.Path, content);
        var failure = await FailsAsync();
        Assert.Equal(AuthFailure.TokenFileInvalid, failure.Failure);
        Assert.DoesNotContain("secret-one", failure.Message);
    }

    [Theory]
    [InlineData("http://auth.example.com/token", "over https only")]
    public async Task Tokens_are_not_sent_in_the_clear(string endpoint, string said)
    {
        Write(expiresIn: TimeSpan.Zero, new Uri(endpoint));
        Assert.Contains(said, (await FailsAsync()).Message);
    }

    [Fact]
    public async Task The_token_of_a_server_goes_to_that_server_alone_and_says_so_where_it_is_renewed()
    {
        await using var endpoint = new ChaosServer(
            Answer("""{"access_token":"new-access","refresh_token":"new-refresh","expires_in":3600}""")
        );
        var server = new Uri("https://mcp.example.com/mcp");
        OAuthCredential For(string url) =>
            new(File, new TokenEndpoint(_ => null, _masked.Add, _time), _masked.Add, _time) { Resource = new Uri(url) };
        Assert.Contains(
            "There is no token for https://mcp.example.com/mcp here. Get one with `claw-ci auth login --mcp https://mcp.example.com/mcp`",
            (await Assert.ThrowsAsync<AuthException>(() => For($"{server}").GetAsync(Stop).AsTask())).Message
        );
        Write(expiresIn: TimeSpan.Zero, endpoint.Url);
        File.Write(File.Read() with { Provider = StoredToken.Mcp, Resource = server });

        var other = For("https://elsewhere.example/mcp");
        Assert.Contains(
            "is for https://mcp.example.com/mcp, so https://elsewhere.example/mcp does not get it",
            (await Assert.ThrowsAsync<AuthException>(() => other.GetAsync(Stop).AsTask())).Message
        );
        Assert.Contains("so a provider does not get it", (await FailsAsync()).Message);
        Assert.Empty(endpoint.Requests);

        Assert.Equal("new-access", (await For($"{server}").GetAsync(Stop)).Value);
        var asked = HttpUtility.ParseQueryString(Assert.Single(endpoint.Requests).Body);
        Assert.Equal($"{server}", asked["resource"]);
        Assert.Equal(("new-refresh", server), (File.Read().RefreshToken, File.Read().Resource));
    }

    private void Write(TimeSpan expiresIn, Uri? endpoint = null) =>
        File.Write(
            new StoredToken(
                1,
                "anthropic",
                "old-access",
                "old-refresh",
                Now + expiresIn,
                Now.AddHours(-10),
                endpoint,
                "the-client"
            )
        );

    private OAuthCredential Credential() => Credential(_time);

    private OAuthCredential Credential(TimeProvider time) =>
        new(File, new TokenEndpoint(_ => null, _masked.Add, time), _masked.Add, _time);

    private async Task<T> HurriedAsync<T>(Func<OAuthCredential, Task<T>> ask) =>
        await ask(Credential(new Models.HurriedTime()));

    private Task<AuthException> FailsAsync() =>
        Assert.ThrowsAsync<AuthException>(() => Credential().GetAsync(Stop).AsTask());

    private static ChaosAnswer Answer(string json) => ChaosAnswers.Respond(200, JsonElement.Parse(json).GetRawText());
}
