using System.Text;
using ClawCi.Auth;
using ClawCi.Messages;
using ClawCi.Models;
using ClawCi.Models.Wire;
using ClawCi.TestSupport;
using CsCheck;
using Xunit;

namespace ClawCi.Tests.Models.Contract;

/// <summary>What holds for every provider, over real sockets and in its own bytes. The subclasses say which bytes.</summary>
public abstract class ProviderContract
{
    private const string Hello = "Grüße, 世界 🦀";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected abstract string Model { get; }

    /// <summary>A whole reply of one text.</summary>
    private protected abstract string Text(string text);

    /// <summary>A whole reply of tool uses, of which the first is cut where it is told to.</summary>
    private protected abstract string ToolUses(params (string Id, string Name, string Input)[] uses);

    /// <summary>A reply that begins with a text and ends in an error.</summary>
    private protected abstract string ErrorAfterText(string word);

    /// <summary>The word that this provider has for being overloaded, or for a rate that is too high.</summary>
    private protected abstract (string Word, ModelFailure Failure) BusyWord { get; }

    private protected abstract string CutAtLimit { get; }

    private protected abstract string Refusal { get; }

    /// <summary>Events and members that no version of the API has yet.</summary>
    private protected abstract string WithUnknownThings { get; }

    /// <summary>What the provider sends to keep a silent connection.</summary>
    private protected abstract string KeepAlive { get; }

    [Theory]
    [InlineData("retry-after: 0\r\n")]
    [InlineData("retry-after: Wed, 21 Oct 2015 07:28:00 GMT\r\n")]
    [InlineData("retry-after-ms: 1\r\n")]
    public async Task Retry_on_429_with_retry_after_in_seconds_as_a_date_or_in_milliseconds(string header)
    {
        await using var server = new ChaosServer(
            ChaosAnswers.Error(429, "rate_limit_error", "slow down", header),
            ChaosAnswers.Stream(Text(Hello))
        );
        var (reply, retries) = await CompleteAsync(server);
        Assert.Equal(Hello, reply.Message.Text);
        Assert.Equal((ModelFailure.RateLimited, 429), Assert.Single(retries.Select(r => (r.Failure, r.Status!.Value))));
        Assert.InRange(retries[0].Delay, TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
    }

    [Theory]
    [InlineData(408)]
    [InlineData(409)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(529)]
    public async Task Retry_on_a_status_that_passes(int status)
    {
        await using var server = new ChaosServer(
            ChaosAnswers.Error(status, "api_error", "oops", "retry-after: 0\r\n"),
            ChaosAnswers.Stream(Text(Hello))
        );
        var (reply, retries) = await CompleteAsync(server);
        Assert.Equal(Hello, reply.Message.Text);
        Assert.Equal(status, Assert.Single(retries).Status);
        Assert.Contains("(request req_chaos)", retries[0].Message);
        Assert.Single(server.Requests.Select(request => request.Body).Distinct());
    }

    [Fact]
    public async Task Retry_on_a_connection_reset()
    {
        await using var server = new ChaosServer(ChaosAnswers.Reset, ChaosAnswers.Stream(Text(Hello)));
        var (reply, retries) = await CompleteAsync(server);
        Assert.Equal(Hello, reply.Message.Text);
        Assert.Equal(ModelFailure.ConnectionLost, Assert.Single(retries).Failure);
    }

    [Fact]
    public async Task A_host_that_does_not_exist_is_a_lost_connection_that_names_the_variable()
    {
        var failure = await FailAsync(new Uri("http://model.invalid"));
        Assert.Equal((ModelFailure.ConnectionLost, true), (failure.Failure, failure.IsTransient));
        Assert.Contains("_BASE_URL", failure.Message);
    }

    [Theory]
    [InlineData(400, "invalid_request_error", "no such parameter", ModelFailure.BadRequest)]
    [InlineData(
        400,
        "invalid_request_error",
        "the context length of 8192 tokens is exceeded",
        ModelFailure.ContextOverflow
    )]
    [InlineData(400, "invalid_request_error", "Your credit balance is too low", ModelFailure.OutOfCredit)]
    [InlineData(401, "authentication_error", "who are you", ModelFailure.Authentication)]
    [InlineData(402, "billing_error", "pay", ModelFailure.OutOfCredit)]
    [InlineData(403, "permission_error", "not you", ModelFailure.Authentication)]
    [InlineData(404, "not_found_error", "no such model", ModelFailure.NotFound)]
    [InlineData(413, "request_too_large", "32 MB", ModelFailure.ContextOverflow)]
    internal async Task No_retry_on_what_does_not_pass(int status, string type, string message, ModelFailure expected)
    {
        await using var server = new ChaosServer(ChaosAnswers.Error(status, type, message));
        var failure = await Assert.ThrowsAsync<ModelException>(() => CompleteAsync(server));
        Assert.Equal((expected, status, "req_chaos"), (failure.Failure, failure.Status, failure.RequestId));
        Assert.Contains(message, failure.Message);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(500, "false", 1)]
    [InlineData(400, "true", 2)]
    public async Task What_the_provider_says_of_trying_again_counts_more_than_its_status(
        int status,
        string should,
        int requests
    )
    {
        await using var server = new ChaosServer(
            ChaosAnswers.Error(status, "api_error", "x", $"x-should-retry: {should}\r\nretry-after: 0\r\n"),
            ChaosAnswers.Stream(Text(Hello))
        );
        var failure = await Record.ExceptionAsync(() => CompleteAsync(server));
        Assert.Equal(requests == 1, failure is ModelException);
        Assert.Equal(requests, server.Requests.Count);
    }

    [Fact]
    public async Task A_spent_retry_budget_is_a_typed_error()
    {
        await using var server = new ChaosServer(
            ChaosAnswers.Error(529, "overloaded_error", "busy", "retry-after: 0\r\n")
        );
        var failure = await Assert.ThrowsAsync<ModelException>(() => CompleteAsync(server));
        Assert.Equal((ModelFailure.Overloaded, 529), (failure.Failure, failure.Status));
        Assert.Equal(RetryPolicy.MaxAttempts, server.Requests.Count);
    }

    [Fact]
    public async Task An_error_in_the_middle_of_the_stream_is_tried_again_from_the_start()
    {
        await using var server = new ChaosServer(
            ChaosAnswers.Stream(ErrorAfterText(BusyWord.Word)),
            ChaosAnswers.Stream(Text(Hello))
        );
        var (reply, retries) = await CompleteAsync(server);
        Assert.Equal(Hello, reply.Message.Text);
        Assert.Equal(BusyWord.Failure, Assert.Single(retries).Failure);
        Assert.EndsWith("(request req_chaos)", retries[0].Message);
    }

    [Fact]
    public async Task A_stream_that_is_cut_is_tried_again_and_never_a_success()
    {
        var half = Text(Hello)[..^20];
        await using var server = new ChaosServer(
            ChaosAnswers.Stream(half),
            ChaosAnswers.CutAfter(half),
            ChaosAnswers.ResetAfter(half),
            ChaosAnswers.Stream(Text(Hello))
        );
        var (reply, retries) = await CompleteAsync(server);
        Assert.Equal(Hello, reply.Message.Text);
        Assert.Equal(
            [ModelFailure.Interrupted, ModelFailure.Interrupted, ModelFailure.Interrupted],
            retries.Select(retry => retry.Failure)
        );
    }

    [Fact]
    public async Task Any_truncation_of_any_reply_is_an_interruption()
    {
        var whole = Encoding.UTF8.GetBytes(ToolUses(("t1", "bash", """{"command":"ü 🦀"}""")));
        await Gen.Int[0, whole.Length - 1]
            .SampleAsync(
                async length =>
                {
                    var failure = await Assert.ThrowsAsync<ModelException>(() => ReadAsync(whole[..length], [17]));
                    Assert.Equal(ModelFailure.Interrupted, failure.Failure);
                },
                iter: 300
            );
    }

    [Fact]
    public async Task Any_corruption_of_a_byte_is_a_reply_or_a_failure_and_nothing_else()
    {
        var whole = Encoding.UTF8.GetBytes(ToolUses(("t1", "bash", """{"command":"ü 🦀"}""")));
        await Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte)
            .SampleAsync(
                async (at, value) =>
                {
                    var corrupt = whole.ToArray();
                    corrupt[at] = value;
                    var failure = await Record.ExceptionAsync(() => ReadAsync(corrupt, [23]));
                    Assert.True(failure is null or ModelException, $"{failure}");
                },
                iter: 600
            );
    }

    [Fact]
    public async Task A_stop_at_the_output_limit_and_a_refusal_are_surfaced()
    {
        Assert.Equal(StopReasons.MaxTokens, (await ReplyAsync(ChaosAnswers.Stream(CutAtLimit))).StopReason);
        Assert.Equal(StopReasons.Refusal, (await ReplyAsync(ChaosAnswers.Stream(Refusal))).StopReason);
    }

    [Fact]
    public async Task Unknown_events_and_unknown_deltas_are_ignored() =>
        Assert.Equal("ab", (await ReplyAsync(ChaosAnswers.Stream(WithUnknownThings))).Message.Text);

    [Theory]
    [InlineData("\n", 1)]
    [InlineData("\r\n", 1)]
    [InlineData("\r\n", 7)]
    [InlineData("\r", 3)]
    [InlineData("mixed", 1)]
    public async Task Any_line_ends_one_byte_at_a_time_and_split_characters_give_the_same_reply(
        string lineEnd,
        int pieceBytes
    )
    {
        var lines = ToolUses(("t1", "bash", $$"""{"command":"{{Hello}}"}""")).Split('\n');
        var ends = lineEnd is "mixed" ? new[] { "\r\n", "\n", "\n" } : [lineEnd];
        var events = string.Concat(lines.Select((line, i) => line + ends[i % ends.Length]));
        var reply = await ReplyAsync(ChaosAnswers.Stream(events, pieceBytes));
        Assert.Equal(Hello, reply.Message.ToolUses.Single().Input.GetProperty("command").GetString());
    }

    [Fact]
    public async Task Any_chunking_gives_the_same_reply()
    {
        var bytes = Encoding.UTF8.GetBytes(Text(Hello));
        await Gen.Int[1, 60]
            .Array[1, 40]
            .SampleAsync(async sizes => Assert.Equal(Hello, (await ReadAsync(bytes, sizes)).Message.Text), iter: 100);
    }

    [Fact]
    public async Task A_line_of_a_megabyte_is_read()
    {
        var text = new string('x', 1024 * 1024);
        Assert.Equal(text, (await ReplyAsync(ChaosAnswers.Stream(Text(text), pieceBytes: 100_000))).Message.Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reply_longer_than_any_is_given_up_at_once(bool ends)
    {
        var megabyte = new string('x', 1024 * 1024);
        var whole = Text(string.Concat(Enumerable.Repeat(megabyte, 5)));
        await using var server = new ChaosServer(
            ends
                ? ChaosAnswers.Stream(whole)
                : ChaosAnswers.Stream(whole[..(whole.Length / 2)] + string.Concat(Enumerable.Repeat(megabyte, 20)))
        );
        var failure = await Assert.ThrowsAsync<ModelException>(() => CompleteAsync(server));
        Assert.Equal(ModelFailure.ReplyTooLarge, failure.Failure);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_ping_keeps_a_silent_connection_and_silence_ends_it()
    {
        var impatient = Samples.Patient with { BetweenChunks = TimeSpan.FromMilliseconds(400) };
        await using var server = new ChaosServer(async connection =>
        {
            await ChaosAnswers.Stream("")(connection);
            for (var i = 0; i < 10; i++)
            {
                await connection.SendAsync(KeepAlive);
                await Task.Delay(100);
            }
            await connection.SendAsync(Text(Hello));
        });
        using var client = Client(server.Url, impatient);
        Assert.Equal(Hello, (await client.SendAsync(Samples.Request(), Ct)).Message.Text);

        await using var silent = new ChaosServer(ChaosAnswers.StallAfter(KeepAlive));
        using var other = Client(silent.Url, impatient);
        var failure = await Assert.ThrowsAsync<ModelException>(() => other.SendAsync(Samples.Request(), Ct));
        Assert.Equal((ModelFailure.Stalled, "req_chaos"), (failure.Failure, failure.RequestId));
    }

    [Theory]
    [InlineData("""{"command": "ec""")]
    [InlineData("[1]")]
    [InlineData("""{"command":"ls","command":"rm -rf ."}""")]
    [InlineData("not json")]
    public async Task Malformed_tool_input_is_kept_apart_and_the_reply_stands(string input)
    {
        var use = (await ReplyAsync(ChaosAnswers.Stream(ToolUses(("t1", "bash", input))))).Message.ToolUses.Single();
        Assert.Equal((input, "{}"), (use.MalformedInput, use.Input.GetRawText()));
    }

    [Theory]
    [InlineData(200, "answers and takes the credential of")]
    [InlineData(404, "answers; it lists no models")]
    public async Task An_endpoint_is_tried_by_a_question_that_costs_nothing(int status, string says)
    {
        await using var server = new ChaosServer(ChaosAnswers.Respond(status, "{}"));
        using var client = Client(server.Url);
        Assert.Contains(says, await client.TryAsync(Ct));
        Assert.Equal(("GET", ""), (server.Requests[0].Method, server.Requests[0].Body));
        Assert.EndsWith("/models", server.Requests[0].Path);
    }

    [Fact]
    public async Task An_endpoint_that_refuses_the_key_says_whose_it_was_when_it_is_tried()
    {
        await using var server = new ChaosServer(ChaosAnswers.Error(401, "authentication_error", "who are you"));
        using var client = Client(server.Url);
        var failure = await Assert.ThrowsAsync<ModelException>(() => client.TryAsync(Ct));
        Assert.Equal(ModelFailure.Authentication, failure.Failure);
        Assert.Contains("the credential is of", failure.Message);
    }

    [Fact]
    public async Task Parallel_tool_uses_keep_their_order_ids_and_inputs()
    {
        var reply = await ReplyAsync(
            ChaosAnswers.Stream(
                ToolUses(("t1", "bash", """{"command":"a"}"""), ("t2", "read_file", """{"path":"b"}"""))
            )
        );
        Assert.Equal(StopReasons.ToolUse, reply.StopReason);
        Assert.Equal(
            [("t1", "bash", """{"command":"a"}"""), ("t2", "read_file", """{"path":"b"}""")],
            reply.Message.ToolUses.Select(use => (use.Id, use.Name, use.Input.GetRawText()))
        );
    }

    [Fact]
    public async Task Usage_tells_cached_tokens_from_others_and_names_the_model()
    {
        var reply = await ReplyAsync(ChaosAnswers.Stream(Text(Hello)));
        Assert.Equal(
            (12, 78, 5600),
            (reply.Usage.InputTokens, reply.Usage.OutputTokens, reply.Usage.CacheReadInputTokens)
        );
        Assert.NotEmpty(reply.Model);
        Assert.Equal("req_chaos", reply.RequestId);
    }

    [Theory]
    [InlineData("<html><h1>Log in to the Wi-Fi</h1></html>", "text/html")]
    [InlineData("data: %PDF-1.7\n\n", "text/event-stream")]
    public async Task A_success_that_is_no_reply_is_an_invalid_one(string body, string type)
    {
        await using var server = new ChaosServer(ChaosAnswers.Respond(200, body, type));
        Assert.Equal(ModelFailure.InvalidReply, (await FailAsync(server.Url)).Failure);
    }

    /// <summary>Prompt caches work by prefix: whatever was sent once has to come again byte for byte.</summary>
    [Fact]
    public async Task The_request_of_each_turn_begins_with_the_whole_one_before_it()
    {
        await using var server = new ChaosServer(ChaosAnswers.Stream(Text(Hello)));
        using var client = Client(server.Url);
        var turns = Samples.Request(turns: 6);
        for (var count = 1; count <= turns.Messages.Count; count += 2)
            await client.SendAsync(turns with { Messages = [.. turns.Messages.Take(count)] }, Ct);
        var bodies = server.Requests.Select(request => WithoutMarks(request.Body)).ToList();
        Assert.Equal(7, bodies.Count);
        foreach (var (earlier, later) in bodies.Zip(bodies.Skip(1)))
            Assert.StartsWith(earlier[..^2], later, StringComparison.Ordinal);
        using var fresh = Client(server.Url);
        await fresh.SendAsync(turns, Ct);
        Assert.Equal(server.Requests[^2].Body, server.Requests[^1].Body);
    }

    [Fact]
    public async Task Another_conversation_with_the_same_client_is_written_as_its_own()
    {
        await using var server = new ChaosServer(ChaosAnswers.Stream(Text(Hello)));
        using var client = Client(server.Url);
        var (one, two) = (Samples.Request(turns: 3), Samples.Request(turns: 2));
        await client.SendAsync(one, Ct);
        await Task.WhenAll(client.SendAsync(two, Ct), client.SendAsync(one, Ct));
        await client.SendAsync(one, Ct);
        var bodies = server.Requests.Select(request => request.Body).ToList();
        Assert.Equal(bodies[0], bodies[3]);
        Assert.Equal(2, bodies.Distinct().Count());
        Assert.Contains(bodies[0], bodies[1..3]);
    }

    private static string WithoutMarks(string body) => body.Replace(""","cache_control":{"type":"ephemeral"}""", "");

    private ModelClient Client(Uri url, ModelTimeouts? timeouts = null, HttpMessageHandler? below = null)
    {
        var choice = Samples.Choice(Model);
        var endpoint = new ModelEndpoint(url, new ApiKey("k"), null, timeouts ?? Samples.Patient);
        return new(
            ClawCi.Models.Model.ApiOf(choice.Name.Api!.Value, choice.Id, choice.Facts, endpoint),
            endpoint,
            TimeProvider.System,
            below
        );
    }

    private async Task<ModelReply> ReplyAsync(ChaosAnswer answer)
    {
        await using var server = new ChaosServer(answer);
        using var client = Client(server.Url);
        return await client.SendAsync(Samples.Request(), Ct);
    }

    private async Task<ModelException> FailAsync(Uri url)
    {
        using var client = Client(url);
        return await Assert.ThrowsAsync<ModelException>(() => client.SendAsync(Samples.Request(), Ct));
    }

    /// <summary>Reads the bytes in pieces of the given sizes, over and over, below the real client.</summary>
    private async Task<ModelReply> ReadAsync(byte[] bytes, int[] sizes)
    {
        using var client = Client(new Uri("http://test"), null, new PiecewiseHandler(bytes, sizes));
        return await client.SendAsync(Samples.Request(), CancellationToken.None);
    }

    private async Task<(ModelReply Reply, List<ModelRetry> Retries)> CompleteAsync(ChaosServer server)
    {
        using var model = ClawCi.Models.Model.Create(
            Samples.Choice(Model),
            Samples.Endpoints(server.Url),
            new CoolDowns(TimeProvider.System),
            TimeProvider.System,
            () => 0
        );
        var retries = new List<ModelRetry>();
        return (
            await model.CompleteAsync(() => new(Samples.Request()), retries.Add, DateTimeOffset.MaxValue, Ct),
            retries
        );
    }
}
