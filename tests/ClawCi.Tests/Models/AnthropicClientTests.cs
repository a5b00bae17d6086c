using System.Net;
using System.Net.Sockets;
using System.Text;
using ClawCi.Auth;
using ClawCi.Models;
using ClawCi.Models.Anthropic;
using ClawCi.Models.Wire;
using ClawCi.TestSupport;
using Xunit;
using static ClawCi.TestSupport.ProviderEvents;

namespace ClawCi.Tests.Models;

/// <summary>What becomes of a request, over a real socket.</summary>
public sealed class AnthropicClientTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_goes_to_the_messages_endpoint_with_the_key()
    {
        await using var server = new ChaosServer(ChaosAnswers.Stream(Text("hi")));
        using var client = Samples.Client(server);
        await client.SendAsync(Samples.Request(), Ct);
        var request = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/v1/messages"), (request.Method, request.Path));
        Assert.Equal("sk-ant-test", request.Headers["x-api-key"]);
        Assert.Equal("2023-06-01", request.Headers["anthropic-version"]);
        Assert.Equal("application/json", request.Headers["content-type"]);
        Assert.Matches(@"^claw-ci/\d+\.\d+\.\d+$", request.Headers["user-agent"]);
        Assert.DoesNotContain("authorization", request.Headers.Keys);
        Assert.StartsWith("""{"model":"claude-sonnet-4-5","max_tokens":4096,"stream":true,""", request.Body);
    }

    [Fact]
    public async Task A_token_goes_as_bearer_and_a_base_path_is_kept()
    {
        await using var server = new ChaosServer(ChaosAnswers.Stream(Text("hi")));
        var endpoint = Samples.Endpoint(server) with
        {
            BaseUrl = new Uri(server.Url, "/gateway/"),
            Credential = new BearerToken("tok\n"),
        };
        using var client = new ModelClient(Samples.Api, endpoint, TimeProvider.System);
        await client.SendAsync(Samples.Request(), Ct);
        var request = Assert.Single(server.Requests);
        Assert.Equal("/gateway/v1/messages", request.Path);
        Assert.Equal("Bearer tok", request.Headers["authorization"]);
        Assert.DoesNotContain("x-api-key", request.Headers.Keys);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  \n")]
    [InlineData("two\nlines")]
    [InlineData("schlüssel")]
    public async Task Without_a_usable_credential_nothing_is_sent(string? key)
    {
        await using var server = new ChaosServer(ChaosAnswers.Stream(Text("hi")));
        var endpoint = Samples.Endpoint(server) with { Credential = key is null ? null : new ApiKey(key) };
        using var client = new ModelClient(Samples.Api, endpoint, TimeProvider.System);
        var failure = await Assert.ThrowsAsync<ModelException>(() => client.SendAsync(Samples.Request(), Ct));
        Assert.Equal(ModelFailure.Authentication, failure.Failure);
        Assert.DoesNotContain("lines", failure.Message);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void A_credential_does_not_print_itself() =>
        Assert.DoesNotContain(
            "sk-secret",
            new ModelEndpoint(ModelEndpoint.Anthropic, new ApiKey("sk-secret"), null, Samples.Patient).ToString()
        );

    [Theory]
    [InlineData(400, "invalid_request_error", "max_tokens is wrong", ModelFailure.BadRequest)]
    [InlineData(400, "invalid_request_error", "prompt is too long: 210000 tokens", ModelFailure.ContextOverflow)]
    [InlineData(401, "authentication_error", "invalid x-api-key", ModelFailure.Authentication)]
    [InlineData(402, "billing_error", "no money", ModelFailure.OutOfCredit)]
    [InlineData(403, "permission_error", "not yours", ModelFailure.Authentication)]
    [InlineData(404, "not_found_error", "model: claude-x", ModelFailure.NotFound)]
    [InlineData(408, "timeout_error", "slow", ModelFailure.ServerError)]
    [InlineData(409, "conflict_error", "again", ModelFailure.ServerError)]
    [InlineData(413, "request_too_large", "32 MB", ModelFailure.ContextOverflow)]
    [InlineData(429, "rate_limit_error", "slow down", ModelFailure.RateLimited)]
    [InlineData(500, "api_error", "oops", ModelFailure.ServerError)]
    [InlineData(502, "api_error", "gateway", ModelFailure.ServerError)]
    [InlineData(503, "api_error", "away", ModelFailure.ServerError)]
    [InlineData(529, "overloaded_error", "Overloaded", ModelFailure.Overloaded)]
    internal async Task A_status_says_what_failed(int status, string type, string message, ModelFailure expected)
    {
        var failure = await Samples.FailureOfAsync(ChaosAnswers.Error(status, type, message));
        Assert.Equal(expected, failure.Failure);
        Assert.Equal(status, failure.Status);
        Assert.Equal("req_chaos", failure.RequestId);
        Assert.Contains($"{status} {type}: {message}", failure.Message);
        Assert.Null(failure.RetryAfter);
    }

    [Fact]
    public async Task Retry_after_is_read_in_seconds()
    {
        var answer = ChaosAnswers.Error(429, "rate_limit_error", "slow", "retry-after: 17\r\n");
        Assert.Equal(TimeSpan.FromSeconds(17), (await Samples.FailureOfAsync(answer)).RetryAfter);
    }

    [Fact]
    public async Task Retry_after_is_read_as_a_date_and_never_negative()
    {
        var future = ChaosAnswers.Error(
            529,
            "overloaded_error",
            "",
            $"retry-after: {DateTimeOffset.UtcNow.AddHours(1):R}\r\n"
        );
        var wait = (await Samples.FailureOfAsync(future)).RetryAfter;
        Assert.InRange(wait!.Value, TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(60));
        var past = ChaosAnswers.Error(529, "overloaded_error", "", "retry-after: Wed, 21 Oct 2015 07:28:00 GMT\r\n");
        Assert.Equal(TimeSpan.Zero, (await Samples.FailureOfAsync(past)).RetryAfter);
    }

    [Theory]
    [InlineData("retry-after: soon\r\n")]
    [InlineData("retry-after: -5\r\n")]
    [InlineData("")]
    public async Task Retry_after_that_is_none_is_no_failure_of_its_own(string header) =>
        Assert.Null((await Samples.FailureOfAsync(ChaosAnswers.Error(429, "rate_limit_error", "", header))).RetryAfter);

    [Fact]
    public async Task An_html_error_page_is_named_by_its_title()
    {
        var page =
            "<!DOCTYPE html>\n<html><head><TITLE>502 Bad\n Gateway</TITLE></head><body>\u001b[31mlong</body></html>";
        var failure = await Samples.FailureOfAsync(ChaosAnswers.Respond(502, page, "text/html"));
        Assert.EndsWith("502 an HTML page, '502 Bad Gateway' (request req_chaos)", failure.Message);
    }

    [Fact]
    public async Task A_success_that_is_html_is_an_invalid_reply()
    {
        var failure = await Samples.FailureOfAsync(
            ChaosAnswers.Respond(200, "<html><h1>Log in to the Wi-Fi</h1></html>", "text/html")
        );
        Assert.Equal(ModelFailure.InvalidReply, failure.Failure);
        Assert.Contains("not an event stream but an HTML page, 'Log in to the Wi-Fi'", failure.Message);
    }

    [Fact]
    public async Task A_snippet_of_a_foreign_body_is_short_and_harmless()
    {
        var body = "::error::x\r\n\u001b[31m\u202e" + new string('y', 5000);
        var failure = await Samples.FailureOfAsync(ChaosAnswers.Respond(200, body, "text/plain"));
        Assert.DoesNotContain(failure.Message, c => char.IsControl(c) || c == '\u202e');
        Assert.InRange(failure.Message.Length, 200, 300);
    }

    [Theory]
    [InlineData(204)]
    [InlineData(302)]
    public async Task A_redirect_or_an_empty_success_is_not_followed(int status)
    {
        await using var other = new ChaosServer(ChaosAnswers.Stream(Text("hi")));
        var failure = await Samples.FailureOfAsync(
            ChaosAnswers.Respond(status, "", headers: $"location: {other.Url}\r\n")
        );
        Assert.Equal(status == 302 ? ModelFailure.NotFound : ModelFailure.InvalidReply, failure.Failure);
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task An_empty_event_stream_is_an_interruption() =>
        Assert.Equal(ModelFailure.Interrupted, (await Samples.FailureOfAsync(ChaosAnswers.Stream(""))).Failure);

    [Fact]
    public async Task A_stream_that_ends_too_early_is_an_interruption()
    {
        var half = Text("half")[..400];
        foreach (
            var answer in new[]
            {
                ChaosAnswers.Stream(half),
                ChaosAnswers.CutAfter(half),
                ChaosAnswers.ResetAfter(half),
            }
        )
            Assert.Equal(ModelFailure.Interrupted, (await Samples.FailureOfAsync(answer)).Failure);
    }

    [Fact]
    public async Task A_connection_lost_before_the_reply_is_a_lost_connection()
    {
        foreach (var answer in new[] { ChaosAnswers.Reset, ChaosAnswers.Close })
            Assert.Equal(ModelFailure.ConnectionLost, (await Samples.FailureOfAsync(answer)).Failure);
    }

    [Fact]
    public async Task Nobody_listening_is_a_lost_connection()
    {
        // Bound and not listening: nobody else can get the port meanwhile.
        using var port = new Socket(SocketType.Stream, ProtocolType.Tcp);
        port.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var url = new Uri($"http://127.0.0.1:{((IPEndPoint)port.LocalEndPoint!).Port}");
        using var client = new ModelClient(
            Samples.Api,
            new ModelEndpoint(url, new ApiKey("k"), null, Samples.Patient),
            TimeProvider.System
        );
        var failure = await Assert.ThrowsAsync<ModelException>(() => client.SendAsync(Samples.Request(), Ct));
        Assert.Equal(ModelFailure.ConnectionLost, failure.Failure);
        Assert.Contains("refused", failure.Message);
    }

    [Fact]
    public async Task Silence_before_the_reply_is_a_stall_that_names_its_timeout()
    {
        var failure = await Samples.FailureOfAsync(
            ChaosAnswers.Stall,
            Samples.Patient with
            {
                FirstByte = TimeSpan.FromMilliseconds(150),
            }
        );
        Assert.Equal(ModelFailure.Stalled, failure.Failure);
        Assert.EndsWith("no answer within 0.15 s", failure.Message);
    }

    [Fact]
    public async Task Silence_in_the_middle_is_a_stall_that_names_its_timeout()
    {
        var failure = await Samples.FailureOfAsync(
            ChaosAnswers.StallAfter(Start()),
            Samples.Patient with
            {
                BetweenChunks = TimeSpan.FromMilliseconds(150),
            }
        );
        Assert.Equal(ModelFailure.Stalled, failure.Failure);
        Assert.EndsWith("nothing came for 0.15 s (request req_chaos)", failure.Message);
    }

    [Fact]
    public async Task A_server_that_accepts_nobody_is_a_stall_that_names_its_timeout()
    {
        // A full backlog: the kernel answers no further SYN.
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        using var first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var second = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await first.ConnectAsync(listener.LocalEndPoint!, Ct);
        var waiting = second.ConnectAsync(listener.LocalEndPoint!, Ct).AsTask();
        var timeouts = Samples.Patient with { Connect = TimeSpan.FromMilliseconds(150) };
        using var client = new ModelClient(
            Samples.Api,
            new ModelEndpoint(new Uri($"http://{listener.LocalEndPoint}"), new ApiKey("k"), null, timeouts),
            TimeProvider.System
        );
        var failure = await Assert.ThrowsAsync<ModelException>(() => client.SendAsync(Samples.Request(), Ct));
        Assert.Equal(ModelFailure.Stalled, failure.Failure);
        Assert.EndsWith("no connection within 0.15 s", failure.Message);
        second.Dispose();
        await Record.ExceptionAsync(() => waiting);
    }

    [Fact]
    public async Task The_callers_cancellation_is_no_failure_of_the_model()
    {
        foreach (var answer in new[] { ChaosAnswers.Stall, ChaosAnswers.StallAfter(Start()) })
        {
            await using var server = new ChaosServer(answer);
            using var client = Samples.Client(server);
            using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
                client.SendAsync(Samples.Request(), stop.Token)
            );
        }
    }

    [Fact]
    public async Task A_proxy_that_was_named_is_used()
    {
        await using var proxy = new ChaosServer(ChaosAnswers.Stream(Text("through the proxy")));
        var endpoint = new ModelEndpoint(new Uri("http://model.invalid"), new ApiKey("k"), proxy.Url, Samples.Patient);
        using var client = new ModelClient(Samples.Api, endpoint, TimeProvider.System);
        Assert.Equal("through the proxy", (await client.SendAsync(Samples.Request(), Ct)).Message.Text);
        Assert.Equal("http://model.invalid/v1/messages", Assert.Single(proxy.Requests).Path);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task A_proxy_that_asks_gets_user_and_password_and_no_message_has_them(string scheme)
    {
        const string Ask = "proxy-authenticate: Basic realm=\"p\"\r\n";
        await using var proxy = new ChaosServer(
            ChaosAnswers.Respond(407, "", headers: Ask),
            scheme is "http" ? ChaosAnswers.Stream(Text("through the proxy")) : ChaosAnswers.Respond(403, "")
        );
        var named = new UriBuilder(proxy.Url) { UserName = "ci", Password = "p%40ss-canary" }.Uri;
        var endpoint = new ModelEndpoint(new Uri($"{scheme}://model.invalid"), new ApiKey("k"), named, Samples.Patient);
        using var client = new ModelClient(Samples.Api, endpoint, TimeProvider.System);
        var end = await Record.ExceptionAsync(() => client.SendAsync(Samples.Request(), Ct));
        Assert.Equal(2, proxy.Requests.Count);
        Assert.Equal(
            $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("ci:p@ss-canary"))}",
            proxy.Requests[1].Headers["proxy-authorization"]
        );
        Assert.Equal(scheme is "http", end is null);
        for (; end is not null; end = end.InnerException)
            Assert.DoesNotContain("canary", end.Message, StringComparison.Ordinal);
    }
}
