using System.Text.Json;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Models;
using ClawCi.TestSupport;
using Xunit;
using static ClawCi.TestSupport.ProviderEvents;

namespace ClawCi.Tests.Models;

/// <summary>What becomes of a reply's stream, over a real socket.</summary>
public sealed class AnthropicStreamTests
{
    private const int Deepest = ClawCi.Messages.ToolUseBlock.MaxInputDepth;

    [Fact]
    public async Task A_text_reply_is_read_with_its_usage_and_names()
    {
        var reply = await ReplyAsync(Text("Hello"));
        Assert.Equal("Hello", reply.Message.Text);
        Assert.Equal(Role.Assistant, reply.Message.Role);
        Assert.Equal(StopReasons.EndTurn, reply.StopReason);
        Assert.Equal(new Usage(12, 78, 340, 5600), reply.Usage);
        Assert.Equal("claude-sonnet-4-5-20250929", reply.Model);
        Assert.Equal("req_chaos", reply.RequestId);
    }

    [Fact]
    public async Task Usage_counts_at_the_end_replace_those_at_the_start()
    {
        var end = Event(
            "message_delta",
            """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":99,"output_tokens":7,"cache_read_input_tokens":null}}"""
        );
        var reply = await ReplyAsync(
            Start() + TextBlock("x") + end + Event("message_stop", """{"type":"message_stop"}""")
        );
        Assert.Equal(new Usage(99, 7, 340, 5600), reply.Usage);
    }

    [Fact]
    public async Task Several_tool_uses_keep_their_order_and_their_inputs()
    {
        var reply = await ReplyAsync(
            Start()
                + TextBlock("Looking.")
                + ToolUseBlock(1, "toolu_1", "bash", """{"command":"ls -la \"ü 🦀\"","timeout_seconds":5}""")
                + ToolUseBlock(2, "toolu_2", "list", "")
                + End("tool_use")
        );
        Assert.Equal(["toolu_1", "toolu_2"], reply.Message.ToolUses.Select(use => use.Id));
        var first = reply.Message.ToolUses.First();
        Assert.Equal("ls -la \"ü 🦀\"", first.Input.GetProperty("command").GetString());
        Assert.Equal(5, first.Input.GetProperty("timeout_seconds").GetInt32());
        Assert.Equal("{}", reply.Message.ToolUses.Last().Input.GetRawText());
        Assert.All(reply.Message.ToolUses, use => Assert.Null(use.MalformedInput));
    }

    [Fact]
    public async Task Blocks_whose_events_interleave_are_told_apart()
    {
        var reply = await ReplyAsync(
            Start()
                + Event(
                    "content_block_start",
                    """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"""
                )
                + Event(
                    "content_block_start",
                    """{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"a","name":"bash","input":{}}}"""
                )
                + Event(
                    "content_block_delta",
                    """{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"command\":"}}"""
                )
                + Event(
                    "content_block_delta",
                    """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"t"}}"""
                )
                + Event(
                    "content_block_delta",
                    """{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"\"x\"}"}}"""
                )
                + End("tool_use")
        );
        Assert.Equal("t", reply.Message.Text);
        Assert.Equal("""{"command":"x"}""", reply.Message.ToolUses.Single().Input.GetRawText());
    }

    [Theory]
    [InlineData("""{"command": "ec""")]
    [InlineData("[1]")]
    [InlineData("\"text\"")]
    [InlineData("""{"a":1} {"b":2}""")]
    [InlineData("""{"command":"ls","command":"rm -rf ."}""")]
    [InlineData("""{"command":"\ud83d"}""")]
    [InlineData("not json")]
    public async Task Malformed_tool_input_is_kept_apart_and_the_reply_stands(string input)
    {
        var use = (await ReplyAsync(ToolUse("toolu_1", "bash", input))).Message.ToolUses.Single();
        Assert.Equal(input, use.MalformedInput);
        Assert.Equal("{}", use.Input.GetRawText());
    }

    [Fact]
    public async Task An_input_that_is_nested_more_deeply_than_records_can_hold_is_malformed()
    {
        var deepest = Nested(Deepest);
        var use = (await ReplyAsync(ToolUse("toolu_1", "bash", deepest))).Message.ToolUses.Single();
        Assert.Equal(deepest, use.Input.GetRawText());
        var reply = await ReplyAsync(ToolUse("toolu_1", "bash", Nested(Deepest + 1)));
        Assert.NotNull(reply.Message.ToolUses.Single().MalformedInput);
    }

    [Theory]
    [InlineData(UnknownBlock.MaxDepth, true)]
    [InlineData(UnknownBlock.MaxDepth + 1, false)]
    public async Task A_block_of_a_new_kind_is_kept_as_deep_as_records_can_hold_it(int depth, bool isKept)
    {
        var events = Start() + Block(0, $$"""{"type":"new_kind","more":{{Nested(depth - 1)}}}""") + End();
        if (isKept)
        {
            var block = Assert.IsType<UnknownBlock>(Assert.Single((await ReplyAsync(events)).Message.Content));
            RunEvent added = new MessageAdded(Role.Assistant, [block], 1);
            var line = JsonSerializer.Serialize(added, EventJson.Line.RunEvent);
            Assert.NotNull(JsonSerializer.Deserialize(line, EventJson.Line.RunEvent));
        }
        else
        {
            Assert.Contains("a content block of more than 40 levels", (await FailureAsync(events)).Message);
        }
    }

    [Fact]
    public async Task A_tool_use_cut_by_max_tokens_comes_with_both_facts()
    {
        var reply = await ReplyAsync(Start() + ToolUseBlock(0, "toolu_1", "bash", """{"comm""") + End("max_tokens"));
        Assert.Equal(StopReasons.MaxTokens, reply.StopReason);
        Assert.NotNull(reply.Message.ToolUses.Single().MalformedInput);
    }

    [Fact]
    public async Task Thinking_keeps_its_signature()
    {
        var reply = await ReplyAsync(
            Start()
                + Block(
                    0,
                    """{"type":"thinking","thinking":"","signature":""}""",
                    """{"type":"thinking_delta","thinking":"Let me "}""",
                    """{"type":"thinking_delta","thinking":"see"}""",
                    """{"type":"signature_delta","signature":"EqQB=="}"""
                )
                + Block(1, """{"type":"text","text":"Done"}""")
                + End()
        );
        Assert.Equal(new ThinkingBlock("Let me see", "EqQB=="), reply.Message.Content[0]);
        Assert.Equal("Done", reply.Message.Text);
    }

    [Fact]
    public async Task Blocks_of_unknown_kinds_are_kept_as_they_came()
    {
        var reply = await ReplyAsync(
            Start()
                + Block(0, """{"type":"redacted_thinking","data":"b64=="}""")
                + Block(
                    1,
                    """{"type":"server_tool_use","id":"srv_1","name":"web_search","input":{}}""",
                    """{"type":"input_json_delta","partial_json":"{\"query\":"}""",
                    """{"type":"input_json_delta","partial_json":"\"x\"}"}"""
                )
                + Block(
                    2,
                    """{"type":"text","text":""}""",
                    """{"type":"text_delta","text":"cited"}""",
                    """{"type":"citations_delta","citation":{"type":"char_location","cited_text":"c"}}"""
                )
                + End()
        );
        Assert.Equal(
            [
                """{"type":"redacted_thinking","data":"b64=="}""",
                """{"type":"server_tool_use","id":"srv_1","name":"web_search","input":{"query":"x"}}""",
                """{"type":"text","text":"cited","citations":[{"type":"char_location","cited_text":"c"}]}""",
            ],
            reply.Message.Content.Cast<UnknownBlock>().Select(block => block.Raw.GetRawText())
        );
    }

    [Fact]
    public async Task Unknown_events_unknown_deltas_comments_and_pings_are_skipped()
    {
        var reply = await ReplyAsync(
            ": a comment\n\n"
                + Ping
                + Start()
                + Event("telemetry", "not even json")
                + Event("content_block_hint", """{"type":"content_block_hint","index":7}""")
                + Block(
                    0,
                    """{"type":"text","text":""}""",
                    """{"type":"text_delta","text":"a"}""",
                    """{"type":"sparkle_delta","sparkle":1}""",
                    """{"type":"text_delta","text":"b"}"""
                )
                + "id: 7\nretry: 10\n:\n\n"
                + Ping
                + End("a_new_reason")
        );
        Assert.Equal("ab", reply.Message.Text);
        Assert.Equal("a_new_reason", reply.StopReason);
    }

    [Fact]
    public async Task Events_without_a_name_are_known_by_their_type()
    {
        var nameless = string.Join('\n', Text("Hello").Split('\n').Where(line => !line.StartsWith("event:")));
        Assert.Equal("Hello", (await ReplyAsync(nameless)).Message.Text);
    }

    [Fact]
    public async Task A_refusal_may_be_wordless()
    {
        var reply = await ReplyAsync(Start() + End("refusal"));
        Assert.Empty(reply.Message.Content);
        Assert.Equal(StopReasons.Refusal, reply.StopReason);
    }

    [Fact]
    public async Task A_text_block_of_nothing_but_blanks_is_left_out()
    {
        var reply = await ReplyAsync(
            Start() + TextBlock("\\n\\n") + ToolUseBlock(1, "a", "bash", "{}") + End("tool_use")
        );
        Assert.IsType<ToolUseBlock>(Assert.Single(reply.Message.Content));
    }

    [Fact]
    public async Task A_line_of_a_megabyte_is_read_also_in_small_pieces()
    {
        var text = new string('x', 1024 * 1024);
        var reply = await Samples.ReplyOfAsync(ChaosAnswers.Stream(Text(text), pieceBytes: 1400));
        Assert.Equal(text, reply.Message.Text);
    }

    [Theory]
    [InlineData("empty content", "")]
    [InlineData(
        "only blanks",
        """event: content_block_start|data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"  "}}"""
    )]
    public async Task A_reply_that_says_nothing_is_none(string name, string block)
    {
        var failure = await FailureAsync(Start() + (block is "" ? "" : block.Replace('|', '\n') + "\n\n") + End());
        Assert.True(failure.Failure == ModelFailure.InvalidReply, name);
        Assert.Contains("an empty message (stop reason end_turn)", failure.Message);
    }

    public static TheoryData<string, string> BrokenStreams =>
        new()
        {
            { "a stop for a tool use without a tool use", Start() + TextBlock("x") + End("tool_use") },
            {
                "two tool uses with one id",
                Start() + ToolUseBlock(0, "a", "bash", "{}") + ToolUseBlock(1, "a", "bash", "{}") + End("tool_use")
            },
            { "without an id or a name", ToolUse("", "bash", "{}") },
            { "without an id or a name", ToolUse("toolu_1", "", "{}") },
            { "a second message", Start() + Start() },
            { "content block 0 out of order", TextBlock("x") },
            { "content block 0 out of order", Start() + TextBlock("x") + TextBlock("y") },
            {
                "a piece of content block 4",
                Start()
                    + Event(
                        "content_block_delta",
                        """{"type":"content_block_delta","index":4,"delta":{"type":"text_delta","text":"x"}}"""
                    )
            },
            {
                "without a stop reason",
                Start() + TextBlock("x") + Event("message_stop", """{"type":"message_stop"}""")
            },
            { "cannot be read (message_start: {\"type\": nonsense)", Event("message_start", "{\"type\": nonsense") },
            { "cannot be read (message_delta: [])", Start() + Event("message_delta", "[]") },
            {
                "cannot be read",
                Start()
                    + Event(
                        "content_block_start",
                        """{"type":"content_block_start","index":"zero","content_block":{}}"""
                    )
            },
            { "content block 0, which cannot be read", Start() + Block(0, """{"text":"no type"}""") + End() },
            {
                "cannot be read",
                Start() + Block(0, """{"type":"text","text":""}""", """{"type":"text_delta","text":"\ud83d"}""") + End()
            },
            { "cannot be read (message: <!doctype html>)", "data: <!doctype html>\n\n" },
        };

    [Theory]
    [MemberData(nameof(BrokenStreams))]
    public async Task A_stream_that_makes_no_sense_is_an_invalid_reply(string message, string events)
    {
        var failure = await FailureAsync(events);
        Assert.Equal(ModelFailure.InvalidReply, failure.Failure);
        Assert.Contains(message, failure.Message);
        Assert.True(failure.IsTransient);
    }

    [Theory]
    [InlineData("overloaded_error", ModelFailure.Overloaded)]
    [InlineData("rate_limit_error", ModelFailure.RateLimited)]
    [InlineData("api_error", ModelFailure.ServerError)]
    [InlineData("timeout_error", ModelFailure.ServerError)]
    [InlineData("a_new_error", ModelFailure.ServerError)]
    [InlineData("authentication_error", ModelFailure.Authentication)]
    [InlineData("permission_error", ModelFailure.Authentication)]
    [InlineData("not_found_error", ModelFailure.NotFound)]
    [InlineData("invalid_request_error", ModelFailure.BadRequest)]
    [InlineData("billing_error", ModelFailure.OutOfCredit)]
    [InlineData("request_too_large", ModelFailure.ContextOverflow)]
    internal async Task An_error_in_the_middle_means_what_its_status_would(string type, ModelFailure failure)
    {
        var thrown = await FailureAsync(Start() + TextBlock("half a rep") + Error(type, "Try later"));
        Assert.Equal(failure, thrown.Failure);
        Assert.Contains($"{type} in the reply: Try later", thrown.Message);
    }

    [Fact]
    public async Task An_endless_line_is_cut_off()
    {
        var failure = await FailureAsync("data: " + new string('x', 9 * 1024 * 1024));
        Assert.Equal(ModelFailure.ReplyTooLarge, failure.Failure);
        Assert.Contains("an event of the reply did not end within 8 MiB", failure.Message);
    }

    [Fact]
    public async Task An_endless_reply_is_cut_off()
    {
        var failure = await Samples.FailureOfAsync(async connection =>
        {
            await ChaosAnswers.Stream(Start())(connection);
            var noise = string.Concat(Enumerable.Repeat(Ping, 20_000));
            while (true)
                await connection.SendAsync(noise);
        });
        Assert.Equal(ModelFailure.ReplyTooLarge, failure.Failure);
        Assert.Contains("the reply did not end within 16 MiB", failure.Message);
    }

    private static string Nested(int depth) =>
        string.Concat(Enumerable.Repeat("{\"a\":", depth - 1)) + "{}" + new string('}', depth - 1);

    private static string TextBlock(string text) => Block(0, $$"""{"type":"text","text":"{{text}}"}""");

    private static Task<ModelReply> ReplyAsync(string events) => Samples.ReplyOfAsync(ChaosAnswers.Stream(events));

    private static Task<ModelException> FailureAsync(string events) =>
        Samples.FailureOfAsync(ChaosAnswers.Stream(events));
}
