using ClawCi.Auth;
using ClawCi.Messages;
using ClawCi.Models;
using ClawCi.Models.Wire;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Models;

/// <summary>What is particular to the streams of OpenAI's APIs.</summary>
public sealed class OpenAiStreamTests
{
    [Fact]
    public async Task Reasoning_items_are_kept_as_they_came()
    {
        const string raw =
            """{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"hm"}],"encrypted_content":"gAAA\u002b=="}""";
        var reply = await ResponsesAsync(
            ResponsesEvents.Reasoning(0, raw) + ResponsesEvents.Message(1, "ok") + ResponsesEvents.End()
        );
        Assert.Equal(raw, Assert.IsType<UnknownBlock>(reply.Message.Content[0]).Raw.GetRawText());
        Assert.Equal("ok", reply.Message.Text);
    }

    [Fact]
    public async Task An_item_that_was_begun_and_never_ended_is_no_reply()
    {
        var added = ResponsesEvents.Added(1, """{"type":"function_call","call_id":"c","name":"bash","arguments":""}""");
        var failure = await Assert.ThrowsAsync<ModelException>(() =>
            ResponsesAsync(ResponsesEvents.Message(0, "I run it.") + added + ResponsesEvents.End())
        );
        Assert.Equal(ModelFailure.InvalidReply, failure.Failure);
    }

    [Theory]
    [InlineData("context_length_exceeded", ModelFailure.ContextOverflow)]
    [InlineData("insufficient_quota", ModelFailure.OutOfCredit)]
    [InlineData("invalid_prompt", ModelFailure.Refused)]
    [InlineData("server_error", ModelFailure.ServerError)]
    [InlineData("rate_limit_exceeded", ModelFailure.RateLimited)]
    internal async Task A_response_that_failed_says_why(string code, ModelFailure expected)
    {
        var failed = ResponsesEvents.Event(
            "response.failed",
            "\"response\":{\"status\":\"failed\",\"error\":{\"code\":\"" + code + "\",\"message\":\"because\"}}"
        );
        var failure = await Assert.ThrowsAsync<ModelException>(() => ResponsesAsync(failed));
        Assert.Equal(expected, failure.Failure);
        Assert.Contains($"{code} in the reply: because", failure.Message);
    }

    [Fact]
    public async Task A_content_filter_is_a_refusal() =>
        Assert.Equal(
            StopReasons.Refusal,
            (await ChatAsync(ChatEvents.Content("I") + ChatEvents.End("content_filter"))).StopReason
        );

    [Fact]
    public async Task Calls_that_share_an_index_or_have_none_are_told_apart_by_their_ids()
    {
        var shared = ChatEvents.ToolCall(0, "a", "bash", "{}") + ChatEvents.ToolCall(0, "b", "bash", """{"x":1}""");
        var none = shared.Replace("\"index\":0,\"id\"", "\"id\"").Replace("{\"index\":0,\"function\"", "{\"function\"");
        foreach (var calls in new[] { shared, none })
        {
            var reply = await ChatAsync(calls + ChatEvents.End("stop"));
            Assert.Equal(
                [("a", "{}"), ("b", """{"x":1}""")],
                reply.Message.ToolUses.Select(use => (use.Id, use.Input.GetRawText()))
            );
            Assert.Equal(StopReasons.ToolUse, reply.StopReason);
        }
    }

    [Fact]
    public async Task Fragments_of_calls_may_interleave()
    {
        static string Piece(int index, string arguments) =>
            ChatEvents.Delta(
                "{\"tool_calls\":[{\"index\":" + index + ",\"function\":{\"arguments\":\"" + arguments + "\"}}]}"
            );
        var reply = await ChatAsync(
            ChatEvents.ToolCall(0, "a", "bash", "")
                + ChatEvents.ToolCall(1, "b", "bash", "")
                + Piece(1, "{\\\"x\\\":")
                + Piece(0, "{}")
                + Piece(1, "1}")
                + ChatEvents.End("tool_calls")
        );
        Assert.Equal(
            [("a", "{}"), ("b", """{"x":1}""")],
            reply.Message.ToolUses.Select(use => (use.Id, use.Input.GetRawText()))
        );
    }

    [Fact]
    public async Task A_call_without_an_id_gets_one_of_the_replys()
    {
        var reply = await ChatAsync(ChatEvents.ToolCall(0, "", "bash", "{}") + ChatEvents.End("tool_calls"));
        Assert.Equal("chatcmpl-1_1", reply.Message.ToolUses.Single().Id);
    }

    [Theory]
    [InlineData("reasoning_content")]
    [InlineData("reasoning")]
    public async Task Reasoning_in_words_is_thinking(string member)
    {
        var reply = await ChatAsync(
            ChatEvents.Content("Let me see", member) + ChatEvents.Content("ok") + ChatEvents.End()
        );
        Assert.Equal(new ThinkingBlock("Let me see", ""), reply.Message.Content[0]);
    }

    [Fact]
    public async Task Reasoning_details_are_put_together_and_go_back_with_their_message()
    {
        string[] deltas =
        [
            """{"type":"reasoning.text","index":0,"text":"Let me ","format":"anthropic-claude-v1"}""",
            """{"type":"reasoning.text","index":0,"text":"see","signature":null}""",
            """{"type":"reasoning.text","index":0,"signature":"sig=="}""",
            """{"type":"reasoning.encrypted","index":1,"id":"rs_1","data":"gAAA"}""",
        ];
        var reply = await ChatAsync(
            string.Concat(deltas.Select(delta => ChatEvents.Delta($$"""{"reasoning_details":[{{delta}}]}""")))
                + ChatEvents.Content("ok")
                + ChatEvents.End()
        );
        const string Whole =
            """"reasoning_details":[{"type":"reasoning.text","index":0,"format":"anthropic-claude-v1","text":"Let me see","signature":"sig=="},{"type":"reasoning.encrypted","index":1,"id":"rs_1","data":"gAAA"}]"""";
        var request = Samples.Request() with { Messages = [Message.User("Go."), reply.Message, Message.User("On.")] };
        Assert.Contains(Whole, await BodyAsync(request), StringComparison.Ordinal);
        Assert.DoesNotContain("sig==", await BodyAsync(request with { Foreign = 2 }), StringComparison.Ordinal);

        static Task<string> BodyAsync(ModelRequest request) =>
            new ClawCi.Models.OpenAi.ChatRequestWriter("m", Thinking.None, MediaSupport.None, isOpenAis: false)
                .Write(request)
                .ReadAsStringAsync(Ct);
    }

    [Fact]
    public async Task Tokens_written_to_the_cache_are_told_from_others()
    {
        const string Counts = "\"cached_tokens\":5600";
        var chat = await ChatAsync(
            ChatEvents.Content("ok") + ChatEvents.End().Replace(Counts, Counts + ",\"cache_write_tokens\":10")
        );
        var responses = await ResponsesAsync(
            ResponsesEvents.Message(0, "ok")
                + ResponsesEvents.End().Replace(Counts, Counts + ",\"cache_write_tokens\":10")
        );
        Assert.Equal(new Usage(2, 78, 10, 5600), chat.Usage);
        Assert.Equal(chat.Usage, responses.Usage);
    }

    [Fact]
    public async Task A_lost_reply_of_a_server_that_names_no_events_is_counted()
    {
        var events = ResponsesEvents.Start + ResponsesEvents.Message(0, "nine lett");
        await using var server = new ChaosServer(
            ChaosAnswers.Stream(string.Join('\n', events.Split('\n').Where(line => !line.StartsWith("event:"))))
        );
        using var client = Client(server, "openai/gpt-5");
        Usage? lost = null;
        var request = Samples.Request() with { Lost = seen => lost = seen };
        await Assert.ThrowsAsync<ModelException>(() => client.SendAsync(request, Ct));
        Assert.Equal(new Usage(OutputTokens: 3), lost);
    }

    [Fact]
    public async Task A_stream_without_its_last_word_is_an_interruption_though_it_gave_a_reason_to_stop()
    {
        var events = ChatEvents.Content("ok") + ChatEvents.End();
        var failure = await Assert.ThrowsAsync<ModelException>(() => ChatAsync(events.Replace(ChatEvents.Done, "")));
        Assert.Equal(ModelFailure.Interrupted, failure.Failure);
    }

    [Theory]
    [InlineData(
        429,
        """{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}""",
        ModelFailure.OutOfCredit
    )]
    [InlineData(
        400,
        """{"error":{"message":"too much","type":"invalid_request_error","code":"context_length_exceeded"}}""",
        ModelFailure.ContextOverflow
    )]
    [InlineData(400, """{"error":{"message":"flagged","type":null,"code":"content_filter"}}""", ModelFailure.Refused)]
    [InlineData(
        400,
        """{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error"}}""",
        ModelFailure.ContextOverflow
    )]
    [InlineData(
        404,
        """{"object":"error","message":"The model `x` does not exist.","code":404}""",
        ModelFailure.NotFound
    )]
    [InlineData(401, """{"detail":"Not authenticated"}""", ModelFailure.Authentication)]
    internal async Task Each_servers_way_to_refuse_is_understood(int status, string body, ModelFailure expected)
    {
        await using var server = new ChaosServer(ChaosAnswers.Respond(status, body));
        using var client = Client(server, "openai-chat/m");
        var failure = await Assert.ThrowsAsync<ModelException>(() => client.SendAsync(Samples.Request(), Ct));
        Assert.Equal((expected, false), (failure.Failure, failure.IsTransient));
    }

    [Theory]
    [InlineData("openai/gpt-5", "/v1/responses")]
    [InlineData("openai-chat/org/model", "/v1/chat/completions")]
    public async Task A_request_goes_to_the_apis_path_with_the_key_as_bearer(string model, string path)
    {
        var events = model.StartsWith("openai/")
            ? ResponsesEvents.Message(0, "hi") + ResponsesEvents.End()
            : ChatEvents.Content("hi") + ChatEvents.End();
        await using var server = new ChaosServer(ChaosAnswers.Stream(events));
        using (var client = Client(server, model, new BearerToken("sk-x")))
            await client.SendAsync(Samples.Request(), Ct);
        using (var client = Client(server, model))
            await client.SendAsync(Samples.Request(), Ct);
        Assert.All(server.Requests, request => Assert.Equal(path, request.Path));
        Assert.Equal("Bearer sk-x", server.Requests[0].Headers["authorization"]);
        // A server of one's own may need no key.
        Assert.DoesNotContain("authorization", server.Requests[1].Headers.Keys);
    }

    [Fact]
    public async Task OpenAI_itself_is_not_asked_without_a_key()
    {
        var endpoint = new ModelEndpoint(ModelEndpoint.OpenAi, null, null, Samples.Patient);
        using var client = new ModelClient(
            new ClawCi.Models.OpenAi.ResponsesApi("gpt-5", Thinking.Adaptive, MediaSupport.None),
            endpoint,
            TimeProvider.System
        );
        var failure = await Assert.ThrowsAsync<ModelException>(() => client.SendAsync(Samples.Request(), Ct));
        Assert.Contains("no credentials. Set OPENAI_API_KEY", failure.Message);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Task<ModelReply> ResponsesAsync(string events) =>
        AskAsync("openai/gpt-5", ResponsesEvents.Start + events);

    private static Task<ModelReply> ChatAsync(string events) => AskAsync("openai-chat/m", ChatEvents.Start + events);

    private static async Task<ModelReply> AskAsync(string model, string events)
    {
        await using var server = new ChaosServer(ChaosAnswers.Stream(events));
        using var client = Client(server, model);
        return await client.SendAsync(Samples.Request(), Ct);
    }

    private static ModelClient Client(ChaosServer server, string model, Credential? credential = null)
    {
        var choice = Samples.Choice(model);
        var endpoint = new ModelEndpoint(new Uri(server.Url, "/v1"), credential, null, Samples.Patient);
        return new(
            Model.ApiOf(choice.Name.Api!.Value, choice.Id, choice.Facts, endpoint),
            endpoint,
            TimeProvider.System
        );
    }
}
