using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>Whatever an endpoint answers over a real socket, the run ends as what it was, and in time.</summary>
public sealed class EndpointTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private static readonly Dictionary<
        string,
        (ChaosAnswer Answer, int ExitCode, string Outcome, string Reason)
    > Answers = new()
    {
        ["loops"] = (ToolUse("sleep 0.2"), 14, "timed-out", "timeout"),
        ["cuts"] = (ChaosAnswers.CutAfter(Half), 16, "model-unavailable", "interrupted"),
        ["ends early"] = (ChaosAnswers.Stream(Half), 16, "model-unavailable", "interrupted"),
        ["resets mid-stream"] = (ChaosAnswers.ResetAfter(Half), 16, "model-unavailable", "interrupted"),
        ["resets"] = (ChaosAnswers.Reset, 16, "model-unavailable", "connection-lost"),
        ["hangs up"] = (ChaosAnswers.Close, 16, "model-unavailable", "connection-lost"),
        ["stalls"] = (ChaosAnswers.Stall, 14, "timed-out", "timeout"),
        ["stalls mid-stream"] = (ChaosAnswers.StallAfter(Half), 14, "timed-out", "timeout"),
        ["pings for ever"] = (Forever(ProviderEvents.Start(), ProviderEvents.Ping), 14, "timed-out", "timeout"),
        ["refuses"] = (
            ChaosAnswers.Stream(ProviderEvents.Start() + ProviderEvents.End("refusal")),
            10,
            "task-failed",
            "refused"
        ),
        ["html"] = (
            ChaosAnswers.Respond(200, "<html><title>Sign in</title>", "text/html"),
            16,
            "model-unavailable",
            "invalid-reply"
        ),
        ["empty"] = (ChaosAnswers.Respond(200, "", "text/event-stream"), 16, "model-unavailable", "interrupted"),
        ["json"] = (ChaosAnswers.Respond(200, "{}"), 16, "model-unavailable", "invalid-reply"),
        ["garbage"] = (
            ChaosAnswers.Stream("event: message_start\ndata: {\"type\": \u0001\n\n"),
            16,
            "model-unavailable",
            "invalid-reply"
        ),
        ["not http"] = (
            connection => connection.SendAsync("SSH-2.0-OpenSSH_9.2\r\n"),
            16,
            "model-unavailable",
            "connection-lost"
        ),
        ["nothing said"] = (
            ChaosAnswers.Stream(ProviderEvents.Start() + ProviderEvents.End()),
            16,
            "model-unavailable",
            "invalid-reply"
        ),
        ["tool use without one"] = (
            ChaosAnswers.Stream(ProviderEvents.Start() + ProviderEvents.End("tool_use")),
            16,
            "model-unavailable",
            "invalid-reply"
        ),
        ["error in the stream"] = (
            ChaosAnswers.Stream(Half + ProviderEvents.Error("overloaded_error", "Overloaded")),
            16,
            "model-unavailable",
            "overloaded"
        ),
        ["400"] = (ChaosAnswers.Error(400, "invalid_request_error", "no"), 16, "model-unavailable", "bad-request"),
        ["401"] = (
            ChaosAnswers.Error(401, "authentication_error", "invalid x-api-key"),
            17,
            "auth-failed",
            "model-credentials"
        ),
        ["403"] = (ChaosAnswers.Error(403, "permission_error", "no"), 17, "auth-failed", "model-credentials"),
        ["404"] = (ChaosAnswers.Error(404, "not_found_error", "no such model"), 16, "model-unavailable", "not-found"),
        ["429"] = (
            ChaosAnswers.Error(429, "rate_limit_error", "slow", "retry-after: 3600\r\n"),
            16,
            "model-unavailable",
            "rate-limited"
        ),
        ["500"] = (ChaosAnswers.Error(500, "api_error", "oops"), 16, "model-unavailable", "server-error"),
        ["529"] = (ChaosAnswers.Error(529, "overloaded_error", "Overloaded"), 16, "model-unavailable", "overloaded"),
        ["302"] = (
            ChaosAnswers.Respond(302, "", headers: "location: http://127.0.0.1:1/\r\n"),
            16,
            "model-unavailable",
            "not-found"
        ),
    };

    private static string Half =>
        ProviderEvents.Start()
        + ProviderEvents.Event(
            "content_block_start",
            """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"I"}}"""
        );

    public static TheoryData<string> Names => [.. Answers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task No_endpoint_keeps_a_run_alive_or_makes_it_a_success(string name)
    {
        var (answer, exitCode, outcome, reason) = Answers[name];
        using var day = new BadDay();
        await using var server = new ChaosServer(answer);
        var ending = await RunAsync(day, server.Url);
        await (exitCode == 16 ? IsUnavailableAsync(ending, reason) : ending.IsAsync(exitCode, outcome, reason));
        Assert.NotEmpty(server.Requests);
    }

    [Fact]
    public async Task Nobody_listening_is_an_unavailable_model()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var day = new BadDay();
        var ending = await RunAsync(day, new Uri($"http://127.0.0.1:{port}"));
        await IsUnavailableAsync(ending, "connection-lost", retryable: true);
    }

    [Fact]
    public async Task A_host_that_does_not_exist_is_an_unavailable_model()
    {
        using var day = new BadDay();
        var ending = await RunAsync(day, new Uri("http://no-such-host.invalid"));
        await IsUnavailableAsync(ending, "connection-lost", retryable: true);
        Assert.Contains("no such host", ending.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_loops_meets_the_limit_on_turns()
    {
        using var day = new BadDay().Task("limits: { max-turns: 4, timeout: 60s }");
        await using var server = new ChaosServer(ToolUse("echo again"));
        var ending = await RunAsync(day, server.Url, inTime: false);
        await ending.IsAsync(13, "limit-exceeded", "max-turns", retryable: false);
        Assert.Equal(4, server.Requests.Count);
        Assert.Equal("max-turns", ending.TaskResult.GetProperty("limits_hit")[0].GetString());
    }

    [Fact]
    public async Task A_model_that_asks_for_what_is_denied_meets_the_limit_on_denials()
    {
        using var day = new BadDay()
            .Task("limits: { max-denials: 3, timeout: 60s }")
            .Policy("rules:\n  - { id: no-push, deny: bash, command: [git, push] }\n");
        await using var server = new ChaosServer(ToolUse("git push"));
        var ending = await RunAsync(day, server.Url, inTime: false);
        await ending.IsAsync(12, "policy-blocked", "max-denials", retryable: false);
        Assert.Equal(4, ending.TaskResult.GetProperty("permission_denials").GetArrayLength());
    }

    [Theory]
    [InlineData("one line")]
    [InlineData("one message")]
    [InlineData("one word a piece")]
    [InlineData("one that ends")]
    public async Task A_reply_longer_than_any_is_given_up_and_fills_no_memory(string what)
    {
        var answer = what switch
        {
            "one line" => Forever("event: message_start\ndata: ", new string('x', 1 << 20)),
            "one message" => Forever(Half, Piece(1 << 20)),
            "one that ends" => ChaosAnswers.Stream(
                Half + string.Concat(Enumerable.Repeat(Piece(1 << 20), 15)) + ProviderEvents.End()
            ),
            _ => Forever(Half, string.Concat(Enumerable.Repeat(Piece(4), 1000))),
        };
        using var day = new BadDay();
        await using var server = new ChaosServer(answer);
        day.Environment["ANTHROPIC_BASE_URL"] = server.Url.ToString();
        day.Environment["ANTHROPIC_API_KEY"] = "sk-test";
        using var run = day.Start("--model=anthropic/claude-sonnet-4-5");
        var peak = PeakOfAsync(run.Process);
        var ending = await run.EndAsync();
        await ending.IsAsync(16, "model-unavailable", "reply-too-large", retryable: false);
        Assert.Single(server.Requests);
        Assert.InRange(await peak, 1 << 20, 384 << 20);
    }

    private static string Piece(int length) =>
        ProviderEvents.Event(
            "content_block_delta",
            $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"{{{new string('x', length)}}}"}}"""
        );

    private static async Task<Ending> RunAsync(BadDay day, Uri url, bool inTime = true)
    {
        if (inTime)
            day.Task($"limits: {{ timeout: {Timeout.TotalSeconds:0}s }}");
        day.Environment["ANTHROPIC_BASE_URL"] = url.ToString();
        day.Environment["ANTHROPIC_API_KEY"] = "sk-test";
        var clock = Stopwatch.StartNew();
        var ending = await day.RunAsync("--model=anthropic/claude-sonnet-4-5");
        if (inTime)
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, Timeout + Grace);
        Assert.Equal("one\n", await File.ReadAllTextAsync(day.At("a.txt"), TestContext.Current.CancellationToken));
        return ending;
    }

    /// <summary>On a busy machine another attempt may take the second it was left; what went before is then on record.</summary>
    private static async Task IsUnavailableAsync(Ending ending, string reason, bool? retryable = null)
    {
        if (ending.End.ExitCode != 14)
        {
            await ending.IsAsync(16, "model-unavailable", reason, retryable);
            return;
        }
        await ending.IsAsync(14, "timed-out", "timeout");
        Assert.Contains(
            Ending.ReadTranscript(ending.Day.Transcript),
            line => line.GetProperty("type").GetString() == "api_retry"
        );
    }

    private static ChaosAnswer ToolUse(string command) =>
        ChaosAnswers.Stream(ProviderEvents.ToolUse("toolu_1", "bash", $$"""{"command":"{{command}}"}"""));

    /// <summary>A start, and then the same until the client goes away.</summary>
    private static ChaosAnswer Forever(string start, string piece) =>
        async connection =>
        {
            await ChaosAnswers.Stream(start)(connection);
            while (true)
            {
                await connection.SendAsync(piece);
                if (piece.Length < 1000)
                    await Task.Delay(50);
            }
        };

    /// <summary>Peak of the process's resident memory in bytes, as the kernel counts it.</summary>
    private static async Task<long> PeakOfAsync(Process process)
    {
        var peak = 0L;
        while (!process.HasExited)
        {
            try
            {
                var status = await File.ReadAllLinesAsync($"/proc/{process.Id}/status");
                var line = Array.Find(status, line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
                if (line is not null)
                    peak = Math.Max(peak, long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) << 10);
            }
            catch (IOException)
            {
                break;
            }
            await Task.Delay(100);
        }
        return peak;
    }
}
