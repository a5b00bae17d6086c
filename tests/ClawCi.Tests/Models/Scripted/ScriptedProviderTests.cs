using ClawCi.Messages;
using ClawCi.Models;
using Xunit;

namespace ClawCi.Tests.Models.Scripted;

/// <summary>A script plays any API: the same replies, faults and expectations in other bytes.</summary>
public sealed class ScriptedProviderTests
{
    [Theory]
    [InlineData("claude-sonnet-4-5")]
    [InlineData("openai/gpt-5")]
    [InlineData("openai-chat/gpt-4.1")]
    public async Task The_same_script_plays_every_api(string model)
    {
        using var script = new ScriptedConversation(
            $$"""
            version: 1
            model: {{model}}
            replies:
              - { status: 503, retry-after: 0 }
              - { text: half, error-event: rate_limit_exceeded }
              - expect: { tool-result-contains: "1", tool-result-is-error: false, system-contains: fix code, tools: [bash, read_file] }
                thinking: Where to begin? 🦀
                text: I run the tests first, which takes more than one delta to say.
                tool-uses:
                  - { name: bash, input: { command: "dotnet test 🦀" } }
                  - { name: read_file, id: mine }
                usage: { input-tokens: 10, output-tokens: 20, cache-read-input-tokens: 40 }
            """
        );
        var retries = new List<ModelRetry>();
        var reply = await script.SendAsync(retries.Add, Samples.Request(turns: 1));
        Assert.Equal(2, retries.Count);
        Assert.Equal("I run the tests first, which takes more than one delta to say.", reply.Message.Text);
        Assert.Equal(["bash", "read_file"], reply.Message.ToolUses.Select(use => use.Name));
        Assert.Equal("mine", reply.Message.ToolUses.Last().Id);
        Assert.Equal("dotnet test 🦀", reply.Message.ToolUses.First().Input.GetProperty("command").GetString());
        Assert.Equal((StopReasons.ToolUse, new Usage(10, 20, 0, 40)), (reply.StopReason, reply.Usage));
        Assert.Equal("req_0003", reply.RequestId);
    }

    [Theory]
    [InlineData("{ status: 401 }", ModelFailure.Authentication)]
    [InlineData("{ text: hi, cut-after-bytes: 300 }", ModelFailure.Interrupted)]
    [InlineData("{ malformed: garbage }", ModelFailure.InvalidReply)]
    [InlineData("{ text: hi, stall: in-reply }", ModelFailure.Stalled)]
    [InlineData("{ expect: { last-message-contains: nothing like it }, text: hi }", ModelFailure.ScriptMismatch)]
    internal async Task A_fault_is_the_same_in_every_api(string reply, ModelFailure expected)
    {
        foreach (var model in new[] { "openai/gpt-5", "openai-chat/gpt-4.1" })
        {
            using var script = new ScriptedConversation(
                $"version: 1\nmodel: {model}\nreplies: [ {reply} ]\n",
                ScriptedConversation.Impatient
            );
            Assert.Equal(expected, (await script.FailAsync()).Failure);
        }
    }
}
