using System.Text.Json;
using ClawCi.Artifacts.HtmlReport;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Sessions;
using Xunit;

namespace ClawCi.Tests.Artifacts.HtmlReport;

public sealed class StoryTests
{
    [Fact]
    public void Turns_stand_in_the_order_in_which_they_began_with_subagents_below_the_turn_that_started_them()
    {
        TranscriptLine[] lines =
        [
            Line(RunEvent.Main, Reply(1, "agent-a", "agent-b")),
            Line("general-1", Reply(2, "use")),
            Line("general-2", Reply(3, "use")),
            Line("general-1", Answer("use", "of the first")),
            Line("general-1", Reply(4)),
            Line("general-2", Answer("use", "of the second")),
            Line(RunEvent.Main, Answer("agent-a", "first is done")),
            Line(RunEvent.Main, Answer("agent-b", "second is done")),
            Line(RunEvent.Main, Reply(5)),
        ];

        var turns = Story.Of(lines).OfType<Turn>().ToList();

        Assert.Equal([1, 2, 3, 4, 5], turns.Select(turn => turn.Reply.Turn));
        Assert.Equal(
            ["first is done", "second is done", "of the first", "of the second"],
            turns.SelectMany(turn => turn.Calls).Select(call => call.Result?.Text)
        );
    }

    private static TranscriptLine Line(string agent, RunEvent what) =>
        new(
            new TranscriptEnvelope(TranscriptEnvelope.CurrentSchema, 0, default, 0, "r", "t", 1, agent, ""),
            what with
            {
                AgentId = agent,
            },
            ""
        );

    private static MessageAdded Reply(int turn, params string[] uses) =>
        new(Role.Assistant, [.. uses.Select(id => new ToolUseBlock(id, "bash", JsonElement.Parse("{}")))], turn);

    private static MessageAdded Answer(string id, string text) =>
        new(Role.User, [new ToolResultBlock(id, text, IsError: false)], 0);
}
