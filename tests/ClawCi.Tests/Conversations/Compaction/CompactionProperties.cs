using System.Text.Json;
using ClawCi.Conversations;
using ClawCi.Conversations.Compaction;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Sessions;
using CsCheck;
using Xunit;

namespace ClawCi.Tests.Conversations.Compaction;

/// <summary>Whatever is said and however often it is compacted: no pair is parted, no budget exceeded, no task lost.</summary>
public sealed class CompactionProperties
{
    private const string Task = "Mend the total. Never touch tests/golden.";

    /// <summary>What surrounds notes and summary: the runner's explanation, headings, frames; in tokens.</summary>
    private const int Words = 600;

    /// <summary>Of one turn: the length of what is said, of what each tool answers, and whether it fails.</summary>
    private static readonly Gen<(int Said, int[] Answers, bool Fails)> Turn = Gen.Select(
        Gen.Int[0, 4_000],
        Gen.OneOf(Gen.Int[0, 2_000], Gen.Int[0, 100_000]).Array[1, 4],
        Gen.Bool
    );

    [Fact]
    public void No_compaction_parts_a_pair_exceeds_its_budget_or_loses_the_task()
    {
        var (pruned, summedUp) = (0, 0);
        Gen.Select(Turn.Array[1, 200], Gen.Int[3_000, 200_000], Gen.Int[0, 60_000])
            .Sample(
                (turns, room, summary) =>
                {
                    var (session, fold, notes) = (new Session("s"), new Session("s"), new SessionNotes());
                    void On(RunEvent each)
                    {
                        notes.On(each);
                        fold.On(each);
                    }
                    void Say(Role role, params ContentBlock[] content)
                    {
                        session.Add(new Message(role, content));
                        On(new MessageAdded(role, content, 1));
                    }
                    Say(Role.User, new TextBlock(Task));
                    for (var turn = 0; turn < turns.Length; turn++)
                    {
                        Converse(turn, turns[turn], Say, On);
                        if (Size(session.Messages) < room)
                            continue;
                        var plan = CompactionPlan.Of(session, notes, room, Size);
                        var before = session.Messages.ToList();
                        var compacted = plan.Event(
                            Compacted.Threshold,
                            notes,
                            new Summary("## Decisions\n- x\n" + new string('s', summary), ByModel: true)
                        );
                        session.Apply(compacted);
                        Interlocked.Increment(ref compacted.Replaced is null ? ref pruned : ref summedUp);
                        On(compacted);
                        AssertSound(session.Messages);
                        AssertFits(session.Messages, compacted, room);
                        AssertKept(before, session.Messages, compacted);
                    }
                    Assert.Equal(session.Messages, fold.Messages, (a, b) => a!.Content.SequenceEqual(b!.Content));
                },
                iter: 40
            );
        Assert.True(pruned > 100 && summedUp > 100, $"{pruned} pruned, {summedUp} summed up");
    }

    private static void Converse(
        int turn,
        (int Said, int[] Answers, bool Fails) what,
        Action<Role, ContentBlock[]> say,
        Action<RunEvent> on
    )
    {
        var uses = what
            .Answers.Select(
                (_, i) =>
                    new ToolUseBlock(
                        $"t{turn}-{i}",
                        i % 2 == 0 ? "bash" : "read_file",
                        JsonElement.Parse(
                            i % 2 == 0 ? $$"""{"command":"make {{turn}}"}""" : $$"""{"path":"f{{turn}}"}"""
                        )
                    )
            )
            .ToList();
        say(
            Role.Assistant,
            [new ThinkingBlock("hm", $"sig{turn}"), new TextBlock(new string('w', what.Said)), .. uses]
        );
        foreach (var use in uses)
        {
            on(new ToolCalled(use.Id, use.Name, use.Input, turn));
            on(new ToolAnswered(use.Id, use.Name, what.Fails, what.Fails ? 1 : 0, 1, 1, false));
        }
        say(
            Role.User,
            [
                .. uses.Zip(
                    what.Answers,
                    (use, length) => new ToolResultBlock(use.Id, new string('a', length), what.Fails)
                ),
            ]
        );
    }

    private static long Size(IReadOnlyList<Message> messages) => PromptEstimate.Whole("", [], messages);

    private static void AssertSound(IReadOnlyList<Message> messages)
    {
        Assert.Equal(Task, Assert.IsType<TextBlock>(messages[0].Content[0]).Text);
        string[] open = [];
        for (var i = 0; i < messages.Count; i++)
        {
            Assert.Equal(i % 2 == 0 ? Role.User : Role.Assistant, messages[i].Role);
            Assert.Equal(open, messages[i].Content.OfType<ToolResultBlock>().Select(result => result.ToolUseId));
            open = [.. messages[i].ToolUses.Select(use => use.Id)];
        }
        Assert.Empty(open);
    }

    private static void AssertFits(IReadOnlyList<Message> messages, Compacted compacted, int room)
    {
        if (compacted.Replaced is not null)
            Assert.InRange(Size(messages), 1, Words + (room / 2));
        // One turn alone has nothing before it that could be summed up.
        else if (messages.Count > 3)
            Assert.InRange(Size(messages), 1, Words + (room / 5 * 3));
    }

    /// <summary>Replies stay or go as a whole, with their reasoning; of what stays, only tool results are shorter.</summary>
    private static void AssertKept(List<Message> before, IReadOnlyList<Message> after, Compacted compacted)
    {
        var replaced = compacted.Replaced is null ? 0 : before.Count - after.Count + 1;
        var kept = after.Skip(compacted.Replaced is null ? 0 : 1).ToList();
        foreach (var (was, now) in before.Skip(replaced).Zip(kept))
        {
            if (was.Role == Role.Assistant)
                Assert.Same(was, now);
            Assert.Equal(was.Content.Count, now.Content.Count);
            foreach (var (block, shorter) in was.Content.Zip(now.Content).Where(pair => pair.First != pair.Second))
                Assert.True(
                    Assert.IsType<ToolResultBlock>(shorter).Text.Length
                        < Assert.IsType<ToolResultBlock>(block).Text.Length
                );
        }
    }
}
