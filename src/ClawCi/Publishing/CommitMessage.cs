using System.Globalization;
using System.Text.RegularExpressions;
using ClawCi.Artifacts;
using ClawCi.Events;

namespace ClawCi.Publishing;

/// <summary>What a commit says of itself. Nothing of the model's is in it.</summary>
internal static partial class CommitMessage
{
    public const int LongestSubject = 72;

    /// <summary>The line by which a commit is known as one for the task.</summary>
    public static string Mark(string taskId) => $"Claw-Ci-Task: {taskId}";

    /// <param name="title">The caller's own; null is the task's description, or its name.</param>
    public static string Of(TaskRecord task, string? title)
    {
        var end = task.Ended;
        var changes = end.Changes is { } files
            ? string.Create(
                CultureInfo.InvariantCulture,
                $", {Amount.Count(files.Files, "file")}, +{files.Additions} -{files.Deletions}"
            )
            : "";
        return $"{Subject(task, title)}\n\nMade by claw-ci without supervision; the task ended {end.Outcome}{changes}.\n{Checks(end)}\n"
            + $"{Mark(task.Id)}\nClaw-Ci-Run: {ForeignText.Line(task.RunId ?? "unknown", 80)}\n";
    }

    public static string Subject(TaskRecord task, string? title) =>
        title
        ?? ForeignText.Line(
            task.Started?.Description?.Trim().Split('\n')[0] is { Length: > 0 } line ? line : task.Name,
            LongestSubject
        );

    /// <summary>A commit as git keeps it, without what differs although two runs came to the same: their times and names.</summary>
    public static string WithoutRun(string commit) => OfRun().Replace(commit, "");

    private static string Checks(TaskEnded end) =>
        end.Checks.Count == 0
            ? "No check verified it.\n"
            : $"Checks: {ForeignText.Line(string.Join(", ", end.Checks.Select(check => $"{check.Id} {check.Outcome}")), 400)}.\n";

    [GeneratedRegex(@"(?<=^(author|committer) .*>) [0-9]+ [+-][0-9]{4}$|^Claw-Ci-Run: .*$", RegexOptions.Multiline)]
    private static partial Regex OfRun();
}
