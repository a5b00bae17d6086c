using ClawCi.Auth;
using ClawCi.Messages;
using ClawCi.Models;
using ClawCi.Models.Scripted;
using ClawCi.Models.Wire;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Models.Scripted;

/// <summary>Scripts as files, played through the real client.</summary>
public sealed class ScriptedModelTests
{
    [Fact]
    public async Task Text_thinking_and_tool_uses_arrive_as_from_the_provider()
    {
        using var script = new ScriptedConversation(
            """
            version: 1
            model: claude-sonnet-4-5
            replies:
              - thinking: Where to begin? 🦀
                text: |
                  I run the tests first, which takes more than one delta to say.
                tool-uses:
                  - { name: bash, input: { command: "dotnet test 🦀", timeout_seconds: 60, flags: [a, true, 1.5] } }
                  - { name: read_file, id: toolu_mine }
                usage: { input-tokens: 10, output-tokens: 20, cache-creation-input-tokens: 30, cache-read-input-tokens: 40 }
            """
        );
        var reply = await script.SendAsync();
        Assert.Equal("Where to begin? 🦀", Assert.IsType<ThinkingBlock>(reply.Message.Content[0]).Thinking);
        Assert.Equal("I run the tests first, which takes more than one delta to say.\n", reply.Message.Text);
        Assert.Equal(["toolu_0001_1", "toolu_mine"], reply.Message.ToolUses.Select(use => use.Id));
        var input = reply.Message.ToolUses.First().Input;
        Assert.Equal("dotnet test 🦀", input.GetProperty("command").GetString());
        Assert.Equal("60", input.GetProperty("timeout_seconds").GetRawText());
        Assert.Equal("""["a",true,1.5]""", input.GetProperty("flags").GetRawText());
        Assert.Equal(StopReasons.ToolUse, reply.StopReason);
        Assert.Equal(new Usage(10, 20, 30, 40), reply.Usage);
        Assert.Equal("req_0001", reply.RequestId);
    }

    [Fact]
    public async Task A_conversation_with_its_own_replies_gets_them_whoever_asks_meanwhile()
    {
        using var script = new ScriptedConversation(
            """
            version: 1
            replies:
              - text: one
              - { for-prompt: mend b, text: b one }
              - { for-prompt: mend b, text: b more, repeat: forever }
              - { for-prompt: mend a, text: a one }
              - text: two
            """
        );
        var said = new List<string>();
        foreach (var prompt in new[] { "Go.", "Please mend b.", "mend a", "mend b", "Go on.", "mend b" })
        {
            var message = new Message(Role.User, [new TextBlock(prompt)]);
            said.Add((await script.SendAsync(request: Samples.Request() with { Messages = [message] })).Message.Text);
        }
        Assert.Equal(["one", "b one", "a one", "b more", "two", "b more"], said);
        Assert.Equal(ModelFailure.ScriptMismatch, (await script.FailAsync()).Failure);
    }

    [Fact]
    public async Task Replies_come_in_order_and_repeat_as_often_as_said()
    {
        using var script = new ScriptedConversation(
            """
            version: 1
            replies:
              - text: one
              - { text: two, repeat: 2 }
              - { text: more, repeat: forever }
            """
        );
        var said = new List<string>();
        for (var i = 0; i < 6; i++)
            said.Add((await script.SendAsync()).Message.Text);
        Assert.Equal(["one", "two", "two", "more", "more", "more"], said);
    }

    [Fact]
    public async Task Malformed_input_is_the_models_mistake()
    {
        using var script = new ScriptedConversation(
            """
            version: 1
            replies:
              - tool-uses: [ { name: bash, input-json: '{"command": "ec' } ]
                stop-reason: max_tokens
            """
        );
        var reply = await script.SendAsync();
        Assert.Equal("""{"command": "ec""", reply.Message.ToolUses.Single().MalformedInput);
        Assert.Equal(StopReasons.MaxTokens, reply.StopReason);
    }

    [Fact]
    public async Task Every_fault_that_passes_costs_one_reply_of_the_script()
    {
        using var script = new ScriptedConversation(
            """
            version: 1
            replies:
              - { status: 529, retry-after: 0 }
              - { status: 429, retry-after: 0, body: "<html><title>slow</title></html>" }
              - { status: 503, retry-after: 0, repeat: 2 }
              - { text: at last }
            """
        );
        var retries = new List<ModelRetry>();
        Assert.Equal("at last", (await script.SendAsync(retries.Add)).Message.Text);
        Assert.Equal([529, 429, 503, 503], retries.Select(retry => retry.Status));
        Assert.EndsWith("429 an HTML page, 'slow' (request req_0002)", retries[1].Message);
    }

    [Theory]
    [InlineData("{ status: 529 }", ModelFailure.Overloaded)]
    [InlineData("{ status: 401 }", ModelFailure.Authentication)]
    [InlineData("{ status: 400, body: prompt is too long }", ModelFailure.ContextOverflow)]
    [InlineData("{ malformed: html }", ModelFailure.InvalidReply)]
    [InlineData("{ malformed: garbage }", ModelFailure.InvalidReply)]
    [InlineData("{ text: hi, cut-after-bytes: 0 }", ModelFailure.Interrupted)]
    [InlineData("{ text: hi, cut-after-bytes: 500 }", ModelFailure.Interrupted)]
    [InlineData("{ text: hi, error-event: overloaded_error }", ModelFailure.Overloaded)]
    [InlineData("{ error-event: api_error }", ModelFailure.ServerError)]
    [InlineData("{ stall: before-reply }", ModelFailure.Stalled)]
    [InlineData("{ text: hi, stall: in-reply }", ModelFailure.Stalled)]
    [InlineData("{ stop-reason: end_turn }", ModelFailure.InvalidReply)]
    [InlineData("{ text: hi, stop-reason: tool_use }", ModelFailure.InvalidReply)]
    internal async Task A_fault_fails_as_the_real_one_would(string reply, ModelFailure expected)
    {
        using var script = new ScriptedConversation(
            $"version: 1\nreplies: [ {reply} ]\n",
            ScriptedConversation.Impatient
        );
        Assert.Equal(expected, (await script.FailAsync()).Failure);
    }

    [Fact]
    public async Task A_stream_may_come_in_pieces_of_any_size()
    {
        using var script = new ScriptedConversation(
            """
            version: 1
            replies:
              - { text: "Grüße, 世界 🦀", chunk-bytes: 1 }
              - { text: "Grüße, 世界 🦀", chunk-bytes: 100000 }
              - { text: "Grüße, 世界 🦀", cut-after-bytes: 1000000 }
            """
        );
        for (var i = 0; i < 3; i++)
            Assert.Equal("Grüße, 世界 🦀", (await script.SendAsync()).Message.Text);
    }

    [Fact]
    public async Task Usage_that_is_not_given_looks_like_a_providers()
    {
        using var script = new ScriptedConversation("version: 1\nreplies: [ { text: hello you, repeat: forever } ]\n");
        var first = (await script.SendAsync(request: Samples.Request(0))).Usage;
        var second = (await script.SendAsync(request: Samples.Request(3))).Usage;
        Assert.Equal((4, 3, 0), (first.InputTokens, first.OutputTokens, first.CacheReadInputTokens));
        Assert.InRange(first.CacheCreationInputTokens, 100, 300);
        Assert.Equal(first.CacheCreationInputTokens, second.CacheReadInputTokens);
        Assert.InRange(second.CacheCreationInputTokens, 100, 500);
    }

    [Fact]
    public async Task A_delay_is_waited_on_the_given_clock()
    {
        var time = new HurriedTime();
        var start = time.GetUtcNow();
        using var handler = new ClawCi.Models.Scripted.ScriptedHandler(
            new() { Version = 1, Replies = [new() { Text = "late", Delay = new(TimeSpan.FromMinutes(5)) }] },
            "script.yaml",
            time
        );
        using var client = new ModelClient(
            Samples.Api,
            new(new Uri("http://scripted"), new ApiKey("none"), null, Samples.Patient),
            TimeProvider.System,
            handler
        );
        var reply = await client.SendAsync(Samples.Request(), TestContext.Current.CancellationToken);
        Assert.Equal("late", reply.Message.Text);
        Assert.Equal(TimeSpan.FromMinutes(5), time.GetUtcNow() - start);
    }

    [Fact]
    public void Price_and_limits_are_those_of_the_model_that_is_named()
    {
        using var directory = new TempDirectory();
        foreach (var model in new[] { "claude-opus-5-5", "anthropic/claude-opus-5-5" })
        {
            var path = directory.Write(
                "script.yaml",
                $"version: 1\nmodel: {model}\nreplies: [ {"{"} text: hi {"}"} ]\n"
            );
            Assert.Equal(Samples.Choice("anthropic/claude-opus-5-5").Facts, ScriptReader.Read(path).Facts);
        }
        var nameless = directory.Write("script.yaml", "version: 1\nreplies: [ { text: hi } ]\n");
        Assert.Null(ScriptReader.Read(nameless).Facts.Price);
    }
}
