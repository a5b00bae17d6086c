using ClawCi.Artifacts;
using ClawCi.Messages;
using ClawCi.Sessions;
using ClawCi.Tests.Conversations.Compaction;
using Xunit;

namespace ClawCi.Tests.Artifacts;

/// <summary>What is kept of a conversation as it goes by, against what is made of all of it.</summary>
public sealed class SessionTailTests
{
    private const int Carried = 64 << 10;

    [Theory]
    [InlineData(2, 300, 150_000)]
    [InlineData(60, 300, 8_000)]
    [InlineData(60, 9_000, 8_000)]
    [InlineData(60, 9_000, 150_000)]
    [InlineData(60, 1_500, 150_000)]
    [InlineData(200, 1_500, 40_000)]
    public async Task What_is_carried_is_the_end_of_what_would_be_sent(int turns, int output, int threshold)
    {
        var talk = new Talk
        {
            Provider = new(window: 500_000, turns),
            Threshold = threshold,
            Output = call => new(new string('x', output), IsError: call == 60, ExitCode: 0),
        };
        await talk.RunAsync();
        var (session, notes, tail) = (new Session("s"), new SessionNotes(), new SessionTail());

        foreach (var each in talk.Events.Events)
        {
            session.On(each);
            notes.On(each);
            tail.On(each);
            tail.On(each with { AgentId = "below" });

            var (before, messages) = tail.Carried();
            var (expectedBefore, expected) = OfAll(session, notes);
            Assert.Equal(expectedBefore, before);
            Assert.Equal(expected.Select(Text), messages.Select(Text));
        }
        Assert.Equal(session.Added, tail.Added);
        var open = tail.Carried();
        tail.End();
        Assert.Equal(open.Before, tail.Carried().Before);
        Assert.Equal(open.Messages.Select(Text), tail.Carried().Messages.Select(Text));
    }

    private static (int Before, IReadOnlyList<Message> Messages) OfAll(Session session, SessionNotes notes)
    {
        Message[] all = [.. session.Messages.Select(NeutralMessages.Of)];
        var start = MessageGroups.Recent(all, NeutralMessages.Size, Carried);
        if (start <= 1 && notes.Replaced is null)
            return (0, all);
        return notes.Replaced is { } replaced && start <= 1
            ? (replaced.Last, all[1..])
            : (session.NumberOf(start - 1), all[start..]);
    }

    private static string Text(Message message) =>
        string.Join(
            '|',
            message.Content.Select(block =>
                block switch
                {
                    TextBlock text => text.Text,
                    ToolUseBlock use => $"{use.Id} {use.Name} {use.Input}",
                    ToolResultBlock result => $"{result.ToolUseId} {result.Text}",
                    _ => block.GetType().Name,
                }
            )
        );
}
