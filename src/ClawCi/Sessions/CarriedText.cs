using System.Text;
using ClawCi.Events;
using ClawCi.Messages;

namespace ClawCi.Sessions;

/// <summary>Writes the user message that stands for those that are no longer sent: task, notes and summary.</summary>
internal static class CarriedText
{
    private const string InTranscript = "the transcript has it";

    /// <summary>Of a check's or a command's output, when there is room for more than one.</summary>
    private const int FailureBytes = 3_000;
    private const int LineBytes = 300;

    /// <param name="maxBytes">How long notes and summary may be, each; the task is never shortened.</param>
    public static IReadOnlyList<ContentBlock> Message(
        SessionNotes notes,
        int last,
        string summary,
        bool byModel,
        int maxBytes
    ) =>
        [
            new TextBlock(notes.Task),
            new TextBlock(
                $"[The runner compacted this conversation: messages 1 to {last} are not shown to you any more. The task above is "
                    + "as you were given it; below are the runner's own notes, then "
                    + (byModel ? "the summary that you wrote" : "what could be kept without a summary of yours")
                    + ". The workspace is as you left it. Go on from there: do not begin again, and do not repeat what is done.]\n\n"
                    + Notes(notes, maxBytes)
            ),
            new TextBlock($"# Summary\n\n{Bounded(summary, maxBytes)}"),
        ];

    /// <summary>A summary of the length that is carried.</summary>
    public static string Bounded(string summary, int maxBytes) => BothEnds.Of(summary.Trim(), maxBytes, InTranscript);

    /// <summary>The notes, what matters most first; what no longer fits is left out by whole sections from the end.</summary>
    public static string Notes(SessionNotes notes, int maxBytes)
    {
        var text = new StringBuilder();
        var left = maxBytes;
        foreach (var (title, body) in Sections(notes))
        {
            if (body.Length == 0 || left < LineBytes)
                continue;
            var section = $"# {title}\n\n{BothEnds.Of(body, left - title.Length - 6, InTranscript)}\n\n";
            left -= Encoding.UTF8.GetByteCount(section);
            text.Append(section);
        }
        return text.ToString().TrimEnd();
    }

    private static IEnumerable<(string Title, string Body)> Sections(SessionNotes notes)
    {
        yield return ("What you were told last", Join("\n\n", [notes.Instruction, .. notes.Notices]));
        yield return ("Your plan, as you wrote it last", Join("\n", [.. notes.Plan.Select(todo => $"{todo}")]));
        yield return ("Open failures", Join("\n\n", [.. Checks(notes), .. notes.Failures.Reverse().Select(Failure)]));
        yield return ("Files you changed", Lines(notes.Files.Where(file => file.Written).Select(file => file.Path)));
        yield return (
            "Files you read, the latest first",
            Lines(notes.Files.Reverse().Where(file => !file.Written).Select(file => file.Path))
        );
        yield return ("Commands you ran, the latest first", Lines(notes.Commands.Reverse().Select(Command)));
    }

    /// <summary>A check that the instruction tells of already is not told twice.</summary>
    private static IEnumerable<string> Checks(SessionNotes notes) =>
        notes
            .RedChecks.Where(check => notes.Instruction?.Contains(check.Tail, StringComparison.Ordinal) != true)
            .Select(check => Failed($"check {check.Id}: {check.Run}", check.ExitCode, check.Tail));

    private static string Failure(FailedCall failure) =>
        Failed($"{failure.Tool}: {failure.Subject}", failure.ExitCode, failure.Text);

    private static string Failed(string what, int? exitCode, string output) =>
        $"## {Line(what)}{(exitCode is { } code ? $" (exit code {code})" : "")}\n```\n"
        + $"{BothEnds.Of(output.TrimEnd(), FailureBytes, InTranscript)}\n```";

    private static string Command(RanCommand command) =>
        command.ExitCode is { } code ? $"{Line(command.Command)} (exit code {code})" : Line(command.Command);

    private static string Lines(IEnumerable<string> items) => Join("\n", [.. items.Select(item => $"- {Line(item)}")]);

    private static string Line(string text) =>
        BothEnds.Of(text.Trim().ReplaceLineEndings("; "), LineBytes, InTranscript).ReplaceLineEndings(" ");

    private static string Join(string separator, IReadOnlyList<string?> parts) =>
        string.Join(separator, parts.Where(part => !string.IsNullOrEmpty(part)));
}
