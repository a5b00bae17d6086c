using System.Text.Json;
using ClawCi.Conversations;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Sessions;
using ClawCi.TestSupport;
using ClawCi.Tools;
using Xunit;

namespace ClawCi.Tests.Conversations.Compaction;

/// <summary>Conversations that grow beyond what the model is to hold, over real sockets.</summary>
public sealed class CompactionTests
{
    [Fact]
    public async Task A_task_of_sixty_turns_finishes_in_a_window_that_holds_a_dozen_of_them()
    {
        var talk = new Talk { Provider = new(window: 12_000, turns: 60), Threshold = 8_000 };

        var end = await talk.RunAsync();

        Assert.IsType<ConversationEnd.Completed>(end);
        Assert.Empty(talk.Provider.Offences);
        Assert.Equal(0, talk.Provider.Refusals);
        Assert.Equal(Enumerable.Range(1, 60).Select(turn => $"step {turn}"), talk.Executed);
        Assert.True(talk.Compactions.Count(compacted => compacted.Replaced is not null) >= 3);
        Assert.All(talk.Provider.Turns, AssertHoldsTheTask);
        AssertTheTranscriptTellsWhatIsSent(talk);
    }

    [Fact]
    public async Task Old_results_are_pruned_before_anybody_is_asked_for_a_summary()
    {
        var talk = new Talk
        {
            Provider = new(window: 12_000, turns: 12) { Words = turn => $"step {turn}" },
            Threshold = 5_000,
        };

        await talk.RunAsync();

        var compacted = Assert.Single(talk.Compactions);
        Assert.Empty(talk.Provider.SummaryRequests);
        Assert.Null(compacted.Replaced);
        Assert.InRange(compacted.TokensBefore, 5_000, 6_500);
        Assert.InRange(compacted.TokensAfter, 1, 3_000);
        Assert.Equal([compacted.TokensBefore], talk.Announced);
        Assert.StartsWith(
            "[Pruned by the runner to save room: what bash answered to `step 1`, exit code 0; 2009 characters. It is in the transcript, message 3",
            compacted.Pruned[0].Text
        );
        var (last, before) = (Results(talk.Provider.Turns[^1]), Results(talk.Provider.Turns[^3]));
        Assert.StartsWith("[Pruned", last[0]);
        Assert.StartsWith("output 12", last[^1]);
        // What a compaction made shorter stays as it is, so that the provider's cache holds again.
        Assert.Equal(before, last.Take(before.Count));
        AssertTheTranscriptTellsWhatIsSent(talk);
    }

    [Fact]
    public async Task A_summary_is_asked_for_in_the_conversation_as_it_is_and_carries_what_the_runner_noted()
    {
        var talk = new Talk
        {
            Provider = new(window: 12_000, turns: 30),
            Threshold = 6_000,
            Output = call =>
                call == 3
                    ? new("error CS0103: The name 'Rappen' does not exist", IsError: false, ExitCode: 1)
                    : new($"output {call} " + new string('x', 2_000), IsError: false, ExitCode: 0),
        };

        await talk.RunAsync();

        var compacted = talk.Compactions.First(each => each.Replaced is not null);
        Assert.Contains("Keep in mind: the customer is in Bern", talk.Provider.SummaryRequests[0]);
        Assert.True(compacted.Replaced!.ByModel);
        Assert.Contains("number 1: keep the cents", compacted.Replaced.Summary);
        Assert.True(compacted.CostUsd > 0);
        Assert.Equal(1_000, compacted.Usage!.InputTokens);
        // The same in the last compaction as in the first, though no summary said so.
        foreach (var each in talk.Compactions.Select(each => each.Replaced).OfType<ReplacedMessages>())
        {
            var words = string.Concat(each.Content.Cast<TextBlock>().Select(block => block.Text));
            Assert.StartsWith(Talk.Prompt, words);
            Assert.Contains("# Open failures\n\n## bash: step 3 (exit code 1)", words);
            Assert.Contains("The name 'Rappen' does not exist", words);
            Assert.Contains("# Commands you ran, the latest first\n\n- step ", words);
        }
        // Thirty turns and the last reply: a summary is paid for and is no turn.
        Assert.Equal(31, talk.Ledger.Turns);
        Assert.Equal(talk.Events.Events.OfType<UsageAdded>().Sum(usage => usage.CostUsd), talk.Ledger.CostUsd);
        Assert.Equal(31 + talk.Provider.SummaryRequests.Count, talk.Events.Events.OfType<UsageAdded>().Count());
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("tool")]
    public async Task Without_a_summary_of_the_models_there_is_one_of_the_runners(string how)
    {
        var talk = new Talk
        {
            Provider = new(window: 12_000, turns: 40)
            {
                Summary = _ =>
                    how switch
                    {
                        "refused" => ChaosAnswers.Error(400, "invalid_request_error", "no summaries here"),
                        _ => ChaosAnswers.Stream(ProviderEvents.ToolUse("t", "bash", "{}")),
                    },
            },
            Threshold = 6_000,
        };

        var end = await talk.RunAsync();

        Assert.IsType<ConversationEnd.Completed>(end);
        Assert.Empty(talk.Provider.Offences);
        Assert.Equal(40, talk.Executed.Count);
        var replaced = talk.Compactions.Select(each => each.Replaced).OfType<ReplacedMessages>().ToList();
        Assert.True(replaced.Count >= 2);
        Assert.All(replaced, each => Assert.False(each.ByModel));
        Assert.Contains("You said last:\n- Now for step", replaced[^1].Summary);
        Assert.Contains(
            talk.Events.Events.OfType<Warned>(),
            warned => warned.Message.StartsWith("The conversation is compacted without a summary of the model's: ")
        );
        AssertTheTranscriptTellsWhatIsSent(talk);
    }

    [Fact]
    public async Task A_refusal_as_too_long_is_answered_by_compacting_once_and_the_threshold_learns_from_it()
    {
        var talk = new Talk { Provider = new(window: 6_000, turns: 40), Threshold = 150_000 };

        var end = await talk.RunAsync();

        Assert.IsType<ConversationEnd.Completed>(end);
        Assert.Empty(talk.Provider.Offences);
        Assert.Equal(1, talk.Provider.Refusals);
        Assert.Equal(40, talk.Executed.Count);
        Assert.Equal(Compacted.Overflow, talk.Compactions[0].Trigger);
        Assert.All(talk.Compactions.Skip(1), each => Assert.Equal(Compacted.Threshold, each.Trigger));
        AssertTheTranscriptTellsWhatIsSent(talk);
    }

    [Fact]
    public async Task What_cannot_be_made_shorter_ends_it_with_the_reason()
    {
        var talk = new Talk { Provider = new(window: 10, turns: 1), Threshold = 150_000 };

        var limit = Assert.IsType<ConversationEnd.LimitHit>(await talk.RunAsync());

        Assert.Equal("context-window", limit.Limit);
        Assert.StartsWith(
            "The conversation fills the model's window, and there is nothing to compact: 127.0.0.1",
            limit.Message
        );
        Assert.Contains("prompt is too long", limit.Message);
        Assert.Equal(1, talk.Provider.Refusals);
    }

    [Fact]
    public async Task One_answer_that_fills_the_window_is_shown_by_its_ends()
    {
        var talk = new Talk
        {
            Provider = new(window: 12_000, turns: 3),
            Threshold = 8_000,
            Output = call => new($"begin {call}{new string('y', 90_000)}end {call}", IsError: false, ExitCode: 0),
        };

        var end = await talk.RunAsync();

        Assert.IsType<ConversationEnd.Completed>(end);
        Assert.Empty(talk.Provider.Offences);
        Assert.Equal(0, talk.Provider.Refusals);
        var shown = Results(talk.Provider.Turns[^1])[^1];
        Assert.StartsWith("begin 3yyy", shown);
        Assert.EndsWith("yyyend 3", shown);
        Assert.Contains(
            "bytes left out; cut by the runner to save room, the transcript has all of it (message 7)",
            shown
        );
        Assert.InRange(shown.Length, 1_000, 20_000);
    }

    [Fact]
    public async Task After_two_compactions_in_vain_there_are_no_more_and_the_run_goes_on()
    {
        // Each reply alone is longer than what may be held.
        var talk = new Talk
        {
            Provider = new(window: 150_000, turns: 12) { Words = turn => new string('w', 8_000) },
            Threshold = 1_500,
        };

        var end = await talk.RunAsync();

        Assert.IsType<ConversationEnd.Completed>(end);
        Assert.Equal(2, talk.Compactions.Count);
        Assert.Single(
            talk.Events.Events.OfType<Warned>(),
            warned => warned.Message.StartsWith("The last 2 compactions did not help.")
        );
        Assert.InRange(talk.Provider.SummaryRequests.Count, 1, 2);
    }

    private static IReadOnlyList<string> Results(JsonElement request) =>
        [
            .. request
                .GetProperty("messages")
                .EnumerateArray()
                .SelectMany(message => message.GetProperty("content").EnumerateArray())
                .Where(block => block.GetProperty("type").GetString() == "tool_result")
                .Select(block => block.GetProperty("content").GetString()!),
        ];

    private static void AssertHoldsTheTask(JsonElement request) =>
        Assert.Equal(
            Talk.Prompt,
            request.GetProperty("messages")[0].GetProperty("content")[0].GetProperty("text").GetString()
        );

    /// <summary>The fold of the events, written and read again, is the session that is sent next.</summary>
    private static void AssertTheTranscriptTellsWhatIsSent(Talk talk)
    {
        var fold = new Session("s");
        foreach (var each in talk.Events.Events)
        {
            var line = JsonSerializer.Serialize(each, EventJson.Line.RunEvent);
            fold.On(JsonSerializer.Deserialize(line, EventJson.Line.RunEvent)!);
        }
        Assert.Equal(Json(talk.Session), Json(fold));
        Assert.Equal(talk.Session.Added, fold.Added);
    }

    private static IEnumerable<string> Json(Session session) =>
        session.Messages.Select(message =>
            message.Role
            + string.Concat(
                message.Content.Select(block => JsonSerializer.Serialize(block, EventJson.Line.ContentBlock))
            )
        );
}
