using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ClawCi.Events;
using ClawCi.Sessions;

namespace ClawCi.Artifacts;

/// <summary><c>session.json</c> of each task.</summary>
internal sealed class SessionWriter : IArtifactWriter
{
    /// <summary>How long a summary may be that is made here.</summary>
    private const int SummaryBytes = 16 << 10;
    private const int OutputBytes = 4_000;
    private const int MostFiles = 2_000;

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
        var notes = task.Digest.Notes;
        var (before, messages) = task.Digest.Session.Carried();
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
                : notes.Earlier?.Decisions ?? [],
            Summary(notes, before),
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
            [.. task.Digest.Files.Take(MostFiles)],
            Patch(task.Patch),
            new(TaskRecord.TranscriptFile, task.Digest.Session.Added, task.TranscriptHash)
        );
    }

    /// <param name="last">Number of the last message that it stands for; 0 when all are carried.</param>
    private static SessionSummary? Summary(SessionNotes notes, int last) =>
        last == 0 ? null
        : notes.Replaced is { } replaced && last == replaced.Last ? new(1, last, replaced.Summary, replaced.ByModel)
        : new(1, last, PlainSummary.Of(notes, SummaryBytes), ByModel: false);

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
