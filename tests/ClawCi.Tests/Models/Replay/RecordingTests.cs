using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using ClawCi.Models;
using ClawCi.Models.Replay;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Models.Replay;

/// <summary>Recorded over a real socket, replayed from the files.</summary>
public sealed class RecordingTests : IDisposable
{
    private const string Secret = "canary-77ab31";

    private readonly TempDirectory _directory = new(nameof(RecordingTests));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Recording Recording => new(_directory["recording"]);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task What_was_answered_is_answered_again_whatever_the_times_and_temporary_names()
    {
        await RecordAsync(
            [Ask("run 20261125-213000-0a1b2c: in 0.12s on 2026-11-25T21:30:00Z, see /tmp/tmp.Xy12")],
            ChaosAnswers.Stream(ProviderEvents.Text("héllo"))
        );
        var answer = await ReplayAsync(
            Ask("run 20261126-000000-ffffff: in 3.5s on 2026-11-26T01:02:03.456+01:00, see /tmp/tmp.9")
        );
        Assert.Equal((HttpStatusCode.OK, ProviderEvents.Text("héllo")), (answer.Status, answer.Body));
        Assert.Equal("text/event-stream; charset=utf-8", answer.Type);
    }

    [Fact]
    public async Task A_request_is_written_as_what_is_new_in_it()
    {
        var first = Ask("one");
        var second = Ask("one", "two", "three");
        await RecordAsync([first, second], ChaosAnswers.Stream(ProviderEvents.Text("a")));
        Golden.Matches(
            string.Concat(
                new[] { "0001.request.json", "0002.request.json", "model.json" }.Select(name =>
                    $"== {name}\n{File.ReadAllText(_directory[$"recording/{name}"])}"
                )
            )
        );
        Assert.Equal(HttpStatusCode.OK, (await ReplayAsync(second)).Status);
    }

    [Fact]
    public async Task No_secret_and_no_credential_is_written()
    {
        await RecordAsync(
            [Ask($"the key is {Secret}")],
            ChaosAnswers.Respond(200, ProviderEvents.Text(Secret), "text/event-stream", $"set-cookie: {Secret}\r\n")
        );
        foreach (var file in Directory.EnumerateFiles(Recording.Directory))
            Assert.DoesNotContain("canary", File.ReadAllText(file));
        Assert.Equal(HttpStatusCode.OK, (await ReplayAsync(Ask($"the key is {Secret}"))).Status);
    }

    [Theory]
    [InlineData(
        """
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"It is canary-"}}
            data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"other"}}
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"77ab31."}}

            """,
        """
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"It is ***."}}
            data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"other"}}
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""}}

            """
    )]
    [InlineData(
        """
            data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"canary"}}]}}]}
            data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"-77ab31"}}]}}]}

            """,
        """
            data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"***"}}]}}]}
            data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":""}}]}}]}

            """
    )]
    [InlineData(
        """
            data: {"type":"response.output_text.delta","output_index":0,"delta":"canary-7"}
            data: {"type":"response.output_text.delta","output_index":0,"delta":"7ab3
            """,
        """
            data: {"type":"response.output_text.delta","output_index":0,"delta":"canary-7"}

            """
    )]
    [InlineData("""{"error":"c\u0061nary-77ab31"}""", """{"error":"***"}""")]
    public void A_secret_that_a_model_tells_in_pieces_is_masked(string body, string expected) =>
        Assert.Equal(expected, MaskedBody.Apply(body, text => text.Replace(Secret, "***")));

    [Fact]
    public async Task Another_request_is_refused_with_the_first_difference()
    {
        await RecordAsync([Ask("Fix the test.\nBe quick.")], ChaosAnswers.Stream(ProviderEvents.Text("a")));
        var failure = await Assert.ThrowsAsync<ModelException>(() => ReplayAsync(Ask("Fix the test.\nBe careful.")));
        Assert.Equal(
            $"""
            {Recording.RequestFile(1)}: request 1 is another than was recorded
              first difference at messages[0].content, line 2
              - Be quick.
              + Be careful.
            """,
            failure.Message
        );
        Assert.Equal(ModelFailure.RecordingMismatch, failure.Failure);
    }

    [Fact]
    public async Task A_request_too_many_is_refused()
    {
        await RecordAsync([Ask("one")], ChaosAnswers.Stream(ProviderEvents.Text("a")));
        using var http = new HttpClient(new ReplayHandler(Recording, text => text, TimeProvider.System));
        await SendAsync(http, new Uri("http://replay"), Ask("one"));
        var failure = await Assert.ThrowsAsync<ModelException>(() =>
            SendAsync(http, new Uri("http://replay"), Ask("one"))
        );
        Assert.Contains("used up: request 2 has no reply", failure.Message);
    }

    [Fact]
    public async Task A_request_too_few_is_an_error_when_the_run_is_over()
    {
        await RecordAsync([Ask("one"), Ask("one", "two", "three")], ChaosAnswers.Stream(ProviderEvents.Text("a")));
        using var handler = new ReplayHandler(Recording, text => text, TimeProvider.System);
        using var http = new HttpClient(handler, disposeHandler: false);
        await SendAsync(http, new Uri("http://replay"), Ask("one"));
        var few = Assert.Throws<ModelException>(handler.RequireUsed);
        Assert.Equal(
            $"{Recording.RequestFile(2)}: the run ended without this request, which was recorded",
            few.Message
        );
        await SendAsync(http, new Uri("http://replay"), Ask("one", "two", "three"));
        handler.RequireUsed();
    }

    [Fact]
    public async Task Tasks_that_ask_side_by_side_get_their_own_answers()
    {
        await RecordAsync(
            [Ask("one"), Ask("two")],
            ChaosAnswers.Stream(ProviderEvents.Text("first")),
            ChaosAnswers.Stream(ProviderEvents.Text("second"))
        );
        using var http = new HttpClient(new ReplayHandler(Recording, text => text, TimeProvider.System));
        Assert.Contains("second", (await SendAsync(http, new Uri("http://replay"), Ask("two"))).Body);
        Assert.Contains("first", (await SendAsync(http, new Uri("http://replay"), Ask("one"))).Body);
    }

    [Fact]
    public async Task Faults_come_as_they_came_and_nobody_waits()
    {
        await RecordAsync(
            [Ask("one"), Ask("one"), Ask("one")],
            ChaosAnswers.Error(429, "rate_limit_error", "slow", "retry-after: 3600\r\n"),
            ChaosAnswers.CutAfter("event: ping\n\n"),
            ChaosAnswers.Reset
        );
        using var http = new HttpClient(new ReplayHandler(Recording, text => text, TimeProvider.System));
        var refused = await SendAsync(http, new Uri("http://replay"), Ask("one"));
        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.Zero), (refused.Status, refused.RetryAfter));
        Assert.Contains("rate_limit_error", refused.Body);
        await Assert.ThrowsAnyAsync<Exception>(() => SendAsync(http, new Uri("http://replay"), Ask("one")));
        var lost = await Assert.ThrowsAsync<HttpRequestException>(() =>
            SendAsync(http, new Uri("http://replay"), Ask("one"))
        );
        Assert.Contains("when this was recorded", lost.Message);
        Assert.Contains("retry-after: 3600", File.ReadAllText(Recording.ReplyFile(1)));
        Assert.Contains("end: cut", File.ReadAllText(Recording.ReplyFile(2)));
        Assert.Contains("status: none", File.ReadAllText(Recording.ReplyFile(3)));
    }

    [Fact]
    public async Task A_recording_that_was_changed_is_said_with_its_file()
    {
        await RecordAsync([Ask("one"), Ask("one", "two")], ChaosAnswers.Stream(ProviderEvents.Text("a")));
        File.WriteAllText(Recording.RequestFile(1), File.ReadAllText(Recording.RequestFile(1)).Replace("one", "1"));
        var mistake = Assert.Throws<UserErrorException>(() =>
            new ReplayHandler(Recording, text => text, TimeProvider.System)
        );
        Assert.Contains("0001.request.json: `sha256` does not fit", mistake.Message);
    }

    private async Task RecordAsync(IReadOnlyList<string> requests, params ChaosAnswer[] answers)
    {
        await using var server = new ChaosServer(answers);
        Recording.Begin(new ModelName("anthropic", "claude-sonnet-4-5"), "claude-sonnet-4-5-latest");
        using var http = new HttpClient(
            new RecordingHandler(
                new SocketsHttpHandler(),
                Recording,
                text => text.Replace(Secret, "***"),
                TimeProvider.System
            )
        );
        foreach (var request in requests)
        {
            try
            {
                await SendAsync(http, server.Url, request);
            }
            catch (HttpRequestException)
            {
                // Faults are recorded too.
            }
        }
    }

    private async Task<Answer> ReplayAsync(string request)
    {
        using var http = new HttpClient(
            new ReplayHandler(Recording, text => text.Replace(Secret, "***"), TimeProvider.System)
        );
        return await SendAsync(http, new Uri("http://replay"), request);
    }

    private static async Task<Answer> SendAsync(HttpClient http, Uri address, string body)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new StringContent(body),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", Secret) },
        };
        using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, Stop);
        return new Answer(
            response.StatusCode,
            response.Content.Headers.ContentType?.ToString(),
            response.Headers.RetryAfter?.Delta,
            await response.Content.ReadAsStringAsync(Stop)
        );
    }

    private static string Ask(params string[] messages) =>
        new JsonObject
        {
            ["model"] = "claude-sonnet-4-5",
            ["max_tokens"] = messages.Length * 100,
            ["system"] =
                "You are a software engineer working alone in a CI job. Nobody reads along and nobody can answer a question.",
            ["messages"] = new JsonArray([
                .. messages.Select(
                    (text, i) => new JsonObject { ["role"] = i % 2 == 0 ? "user" : "assistant", ["content"] = text }
                ),
            ]),
        }.ToJsonString();

    private sealed record Answer(HttpStatusCode Status, string? Type, TimeSpan? RetryAfter, string Body);
}
