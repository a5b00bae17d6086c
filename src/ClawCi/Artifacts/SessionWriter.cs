using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Sessions;

namespace ClawCi.Artifacts;

/// <summary><c>session.json</c> of each task.</summary>
internal sealed class SessionWriter : IArtifactWriter
{
    /// <summary>How long the last messages may be together, and a summary that is made here.</summary>
    private const int MessagesBytes = 64 << 10;
    private const int SummaryBytes = 16 << 10;
    private const int OutputBytes = 4_000;

    /// <summary>A longer patch is beside it.</summary>
    private const int PatchBytes = 64 << 10;

    public IEnumerable<Artifact> Write(RunRecord run)
    {
        foreach (var task in run.Tasks)
        {
            var text = JsonSerializer.Serialize(Of(run, task), SessionJson.Indented.SessionFile);
            yield return new($"tasks/{task.Id}/session.json", text + "\n");
        }
    }

    private static SessionFile Of(RunRecord run, TaskRecord task)
    {
        var (session, notes) = (new Session(task.Ended.SessionId), new SessionNotes());
        foreach (var each in task.Events<RunEvent>())
        {
            session.On(each);
            notes.On(each);
        }
        var (summary, messages) = Recent(session, notes);
        return new SessionFile(
            SessionFile.CurrentSchema,
            task.Ended.SessionId,
            run.RunId,
            task.Id,
            task.Started?.Model,
            task.Started?.BaseCommit,
            task.Ended.Outcome,
            task.Ended.Reason,
            notes.Task,
            notes.Instruction,
            notes.Replaced is { ByModel: true } replaced
                ? SummarySections.Lines(replaced.Summary, SummarySections.Decisions)
                : [],
            summary,
            messages,
            notes.Files,
            notes.Plan is { Count: > 0 } plan ? plan : null,
            new(
                [
                    .. notes.RedChecks.Select(check => new RedCheck(
                        check.Id,
                        check.Run,
                        check.Outcome,
                        check.ExitCode,
                        Short(check.Tail)
                    )),
                ],
                [.. notes.Failures.Select(call => call with { Subject = Short(call.Subject), Text = Short(call.Text) })]
            ),
            [.. notes.Commands.Select(command => command with { Command = Short(command.Command) })],
            task.Digest.Files,
            Patch(task.Patch),
            new(TaskRecord.TranscriptFile, session.Added, task.TranscriptHash)
        );
    }

    /// <summary>The last messages that are not too long together, and what stands for those before.</summary>
    private static (SessionSummary? Summary, IReadOnlyList<Message> Messages) Recent(
        Session session,
        SessionNotes notes
    )
    {
        Message[] all = [.. session.Messages.Select(NeutralMessages.Of)];
        var start = MessageGroups.Recent(all, NeutralMessages.Size, MessagesBytes);
        // Where nothing was compacted, the first message is the task and is not to be summed up.
        if (start <= 1 && notes.Replaced is null)
            return (null, all);
        var last = start == 0 ? 0 : session.NumberOf(start - 1);
        return notes.Replaced is { } replaced && last <= replaced.Last
            ? (new(1, replaced.Last, replaced.Summary, replaced.ByModel), all[Math.Min(1, all.Length)..])
            : (new(1, last, PlainSummary.Of(notes, SummaryBytes), ByModel: false), all[start..]);
    }

    private static SessionPatch? Patch(byte[]? patch) =>
        patch is not { Length: > 0 }
            ? null
            : new(
                TaskRecord.PatchFile,
                Convert.ToHexStringLower(SHA256.HashData(patch)),
                patch.Length,
                patch.Length <= PatchBytes ? Text(patch) : null
            );

    private static string? Text(byte[] patch)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(patch);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static string Short(string text) => BothEnds.Of(text, OutputBytes, "the transcript has it");
}
