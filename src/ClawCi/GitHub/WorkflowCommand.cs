using System.Text.RegularExpressions;

namespace ClawCi.GitHub;

/// <summary>
/// A line by which a step tells the runner something: <c>::name title=…::message</c>. Title and message may hold any
/// text; they are escaped here and cannot become another command.
/// </summary>
/// <param name="File">The file that GitHub shows it at; null for none.</param>
/// <param name="Line">In that file, from 1.</param>
internal sealed partial record WorkflowCommand(
    string Name,
    string Message,
    string? Title = null,
    string? File = null,
    int? Line = null
)
{
    public static WorkflowCommand Group(string title) => new("group", title);

    public static WorkflowCommand EndGroup { get; } = new("endgroup", "");

    public static WorkflowCommand Error(string title, string message) => new("error", message, title);

    public static WorkflowCommand Warning(string title, string message) => new("warning", message, title);

    public override string ToString() =>
        Title is null
            ? $"::{Name}::{Data(Message)}"
            : $"::{Name} {(File is null ? "" : $"file={Property(File)},line={Line ?? 1},")}title={Property(Title)}::{Data(Message)}";

    /// <summary>
    /// A line of text that is no command to GitHub (<c>::</c> at its start, <c>##[</c> anywhere), Azure
    /// (<c>##vso[</c>) or TeamCity (<c>##teamcity[</c>), and reads the same to people.
    /// </summary>
    public static string Neutralise(string line)
    {
        var text = OldCommand().Replace(line, "# #");
        return text.AsSpan().TrimStart().StartsWith("::")
            ? text.Insert(text.IndexOf("::", StringComparison.Ordinal) + 1, " ")
            : text;
    }

    private static string Data(string text) =>
        OldCommand()
            .Replace(text, "# #")
            .Replace("%", "%25", StringComparison.Ordinal)
            .Replace("\r", "%0D", StringComparison.Ordinal)
            .Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) =>
        Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);

    [GeneratedRegex(@"##(?=[A-Za-z]*\[)")]
    private static partial Regex OldCommand();
}
