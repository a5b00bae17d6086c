using System.Text.Json;
using ClawCi.Artifacts;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Sessions;
using ClawCi.Tests.Conversations.Compaction;
using ClawCi.TestSupport;
using ClawCi.Tools;
using Xunit;

namespace ClawCi.Tests.Artifacts;

/// <summary>What another run can go on from.</summary>
public sealed class SessionWriterTests : IDisposable
{
    private readonly TempDirectory _out = new();

    [Fact]
    public async Task A_long_conversation_is_a_small_file_with_the_summary_and_the_messages_after_it()
    {
        var talk = new Talk { Provider = new(window: 12_000, turns: 60), Threshold = 8_000 };
        await talk.RunAsync();

        var session = Written(talk, "diff --git a/x b/x\n");

        var last = talk.Compactions.Select(each => each.Replaced).OfType<ReplacedMessages>().Last();
        Assert.Equal(Talk.Prompt, session.Task);
        Assert.Equal([$"number {talk.Provider.SummaryRequests.Count}: keep the cents"], session.Decisions);
        Assert.Equal(new SessionSummary(1, last.Last, last.Summary, ByModel: true), session.Summary);
        Assert.Equal(session.Transcript.Messages, session.Summary!.Last + session.Messages.Count);
        Assert.Equal("step 60", session.Commands[^1].Command);
        Assert.Equal("diff --git a/x b/x\n", session.Patch!.Text);
        Assert.Equal(19, session.Patch.Bytes);
        AssertCanBeSent(session.Messages);
    }

    [Fact]
    public async Task Without_a_compaction_the_last_turns_stay_and_the_runner_sums_up_the_others()
    {
        var talk = new Talk
        {
            Provider = new(window: 500_000, turns: 60),
            Threshold = 150_000,
            Output = call => new(new string('x', 9_000), IsError: call == 60, ExitCode: call == 60 ? 2 : 0),
        };
        await talk.RunAsync();

        var session = Written(talk, null);

        Assert.Empty(talk.Compactions);
        Assert.False(session.Summary!.ByModel);
        Assert.Equal(session.Transcript.Messages, session.Summary.Last + session.Messages.Count);
        Assert.InRange(session.Messages.Count, 10, 60);
        Assert.Equal(
            ("bash", "step 60", 2),
            (
                session.OpenFailures.Calls[0].Tool,
                session.OpenFailures.Calls[0].Subject,
                session.OpenFailures.Calls[0].ExitCode
            )
        );
        Assert.Empty(session.Decisions);
        Assert.Null(session.Patch);
        AssertCanBeSent(session.Messages);
        Assert.InRange(new FileInfo(SessionPath).Length, 10_000, 250_000);
    }

    [Fact]
    public async Task A_short_conversation_is_there_as_a_whole()
    {
        var talk = new Talk { Provider = new(window: 500_000, turns: 2), Threshold = 150_000 };
        await talk.RunAsync();

        var session = Written(talk, null);

        Assert.Null(session.Summary);
        Assert.Equal(6, session.Messages.Count);
        Assert.Equal(Talk.Prompt, session.Messages[0].Text);
    }

    private string SessionPath => _out["tasks/t/session.json"];

    /// <summary>Through the transcript on disk, and read back as another run reads it.</summary>
    private SessionFile Written(Talk talk, string? patch)
    {
        Directory.CreateDirectory(_out["tasks/t"]);
        using (var file = File.Create(_out["tasks/t/transcript.jsonl"]))
        using (var writer = new TranscriptWriter(file, "run", "t", new SecretMasker(), TimeProvider.System))
        {
            foreach (var each in talk.Events.Events)
                writer.On(each);
        }
        if (patch is not null)
            File.WriteAllText(_out["tasks/t/changes.patch"], patch);
        var artifact = new SessionWriter().Write(RunRecord.Read(_out.Path)).Single();
        Assert.Equal("tasks/t/session.json", artifact.Path);
        File.WriteAllBytes(SessionPath, artifact.Bytes());
        return JsonSerializer.Deserialize(artifact.Bytes(), SessionJson.Indented.SessionFile)!;
    }

    private static void AssertCanBeSent(IReadOnlyList<Message> messages)
    {
        Assert.Equal(Role.Assistant, messages[0].Role);
        string[] open = [];
        foreach (var message in messages)
        {
            Assert.All(message.Content, block => Assert.True(block is TextBlock or ToolUseBlock or ToolResultBlock));
            Assert.Equal(open, message.Content.OfType<ToolResultBlock>().Select(result => result.ToolUseId));
            open = [.. message.ToolUses.Select(use => use.Id)];
        }
    }

    public void Dispose() => _out.Dispose();
}
