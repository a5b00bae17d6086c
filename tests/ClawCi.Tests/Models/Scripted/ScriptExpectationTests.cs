using ClawCi.Messages;
using ClawCi.Models;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Models.Scripted;

public sealed class ScriptExpectationTests
{
    private static readonly ModelRequest Request = Samples.Request() with
    {
        Messages =
        [
            Message.User("Make the tests pass."),
            new(Role.Assistant, [new ToolUseBlock("toolu_1", "bash", Samples.Json("{}"))]),
            new(
                Role.User,
                [
                    new ToolResultBlock("toolu_1", "1 failed:\nscales_a_roast", IsError: true),
                    new TextBlock("Three turns are left."),
                ]
            ),
        ],
    };

    [Theory]
    [InlineData("{ last-message-contains: [scales_a_roast, Three turns] }")]
    [InlineData("{ not-contains: Make the tests pass }")]
    [InlineData("{ tool-result-contains: 1 failed }")]
    [InlineData("{ tool-result-is-error: true }")]
    [InlineData("{ system-contains: You fix code }")]
    [InlineData("{ tools: [read_file, bash] }")]
    public async Task What_holds_is_answered(string expectation)
    {
        using var script = Script(expectation);
        Assert.Equal("fine", (await script.SendAsync(request: Request)).Message.Text);
    }

    [Theory]
    [InlineData("{ last-message-contains: [1 failed, Make the tests] }", "the last message to hold `Make the tests`")]
    [InlineData("{ not-contains: [5 failed, 1 failed] }", "the last message not to hold `1 failed`")]
    [InlineData("{ tool-result-contains: Three turns }", "a tool result to hold `Three turns`")]
    [InlineData("{ tool-result-is-error: false }", "no tool result to be an error")]
    [InlineData("{ system-contains: You break code }", "the system prompt to hold `You break code`")]
    [InlineData("{ tools: [bash] }", "the tools bash; offered: bash, read_file")]
    public async Task What_does_not_hold_ends_the_run_with_the_difference(string expectation, string miss)
    {
        using var script = Script(expectation);
        var failure = await script.FailAsync(Request);
        Assert.Equal(ModelFailure.ScriptMismatch, failure.Failure);
        Assert.False(failure.IsTransient);
        var lines = failure.Message.Split('\n');
        Assert.EndsWith("script.yaml: reply 1 expects another request than request 1", lines[0]);
        Assert.Equal(
            [
                $"  - expected {miss}",
                "  + the last message of the request:",
                "  +   tool_result (error): 1 failed: scales_a_roast",
                "  +   text: Three turns are left.",
            ],
            lines[1..]
        );
    }

    [Fact]
    public async Task A_script_that_is_used_up_says_so()
    {
        using var script = Script("{ }");
        await script.SendAsync(request: Request);
        var failure = await script.FailAsync(Request);
        Assert.Equal(ModelFailure.ScriptMismatch, failure.Failure);
        Assert.Contains("the script is used up: request 2 has no reply", failure.Message);
    }

    [Fact]
    public async Task A_long_message_is_shown_by_both_its_ends()
    {
        using var script = Script("{ last-message-contains: nothing }");
        var text = "BEGIN " + new string('x', 2000) + "\u001b[2J END";
        var failure = await script.FailAsync(Samples.Request() with { Messages = [Message.User(text)] });
        Assert.Matches(@"text: BEGIN x+ \[…\] x+ \[2J END$", failure.Message);
    }

    [Fact]
    public async Task Faults_have_expectations_too()
    {
        using var script = new ScriptedConversation(
            "version: 1\nreplies: [ { status: 529, expect: { last-message-contains: nothing } } ]\n"
        );
        Assert.Equal(ModelFailure.ScriptMismatch, (await script.FailAsync()).Failure);
    }

    private static ScriptedConversation Script(string expectation) =>
        new($"version: 1\nreplies: [ {{ text: fine, expect: {expectation} }} ]\n");
}
