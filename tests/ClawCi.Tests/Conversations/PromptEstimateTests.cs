using ClawCi.Conversations;
using ClawCi.Messages;
using Xunit;

namespace ClawCi.Tests.Conversations;

public sealed class PromptEstimateTests
{
    private readonly PromptEstimate _estimate = new();
    private readonly List<Message> _messages = [Message.User(new string('x', 2_000))];

    [Fact]
    public void What_no_provider_has_counted_is_two_bytes_a_token() => Assert.InRange(Of(), 1_000, 1_100);

    [Fact]
    public void What_the_provider_has_counted_is_what_it_says_and_only_the_rest_is_guessed()
    {
        _messages.Add(new Message(Role.Assistant, [new TextBlock("fine")]));
        _estimate.Learn(_messages, new Usage(100, 10, 20, 300));
        Assert.Equal(430, Of());
        _messages.Add(new Message(Role.User, [new ToolResultBlock("t", new string('y', 200), IsError: false)]));
        Assert.InRange(Of(), 530, 560);
    }

    [Fact]
    public void A_conversation_that_was_rewritten_is_measured_anew()
    {
        _messages.Add(new Message(Role.Assistant, [new TextBlock("fine")]));
        _estimate.Learn(_messages, new Usage(100_000));
        _messages.Clear();
        _messages.Add(Message.User("summary"));
        Assert.InRange(Of(), 1, 100);
    }

    private long Of() => _estimate.Of("", [], _messages);
}
