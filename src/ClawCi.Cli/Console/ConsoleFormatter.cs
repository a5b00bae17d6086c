using System.Globalization;
using System.Text;
using ClawCi.GitHub;
using ClawCi.Sessions;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Parsing;

namespace ClawCi.Cli.Console;

/// <summary>
/// Writes log lines. The template is ours; every hole is somebody else's text: masked, freed of terminal escapes and
/// workflow commands, on one line. A hole's format is its look: <c>{Rule:yellow}</c>; <c>{Output:block}</c> is text of
/// several lines, each behind a bar.
/// </summary>
internal sealed class ConsoleFormatter(ConsoleSettings settings, SecretMasker masker) : ITextFormatter
{
    /// <summary>A line with this property is said in quiet runs too.</summary>
    public const string Always = "Always";

    /// <summary>The task that a line is of, where several run at once.</summary>
    public const string Task = "Task";

    private const string Bar = "    │ ";

    public void Format(LogEvent logEvent, TextWriter output)
    {
        var line = new StringBuilder();
        foreach (var token in logEvent.MessageTemplate.Tokens)
        {
            if (token is not PropertyToken hole)
                line.Append(token);
            else if (logEvent.Properties.TryGetValue(hole.PropertyName, out var value))
                line.Append(Style(hole.Format, Pad(hole, Value(hole.Format, value))));
        }
        if (logEvent.Exception is { } exception)
            line.Append('\n').Append(Block(exception.ToString()));
        output.WriteLine(Of(logEvent, Guard(logEvent, line.ToString())));
    }

    private string Of(LogEvent logEvent, string lines) =>
        logEvent.Properties.TryGetValue(Task, out var task) && !IsCommand(logEvent)
            ? string.Join(
                '\n',
                lines.Split('\n').Select(line => $"{Style("dim", Value(null, task))}  {line}".TrimEnd())
            )
            : lines;

    /// <summary>The template cannot begin a command by accident either; only a <see cref="WorkflowCommand"/> is one.</summary>
    private static string Guard(LogEvent logEvent, string line) =>
        IsCommand(logEvent)
            ? line
            : string.Join('\n', line.Split('\n').Select(part => WorkflowCommand.Neutralise(part.TrimEnd(' '))));

    private static bool IsCommand(LogEvent logEvent) =>
        logEvent.MessageTemplate.Tokens.FirstOrDefault() is PropertyToken first
        && logEvent.Properties.TryGetValue(first.PropertyName, out var value)
        && value is ScalarValue { Value: WorkflowCommand };

    private string Value(string? format, LogEventPropertyValue value)
    {
        if (value is ScalarValue { Value: WorkflowCommand command })
            return (
                command with
                {
                    Message = Clean(command.Message),
                    Title = command.Title is { } t ? Clean(t) : null,
                }
            ).ToString();
        var text = value is ScalarValue scalar
            ? Convert.ToString(scalar.Value, CultureInfo.InvariantCulture) ?? ""
            : value.ToString();
        return format == "block" ? Block(text) : VisibleText.Line(Mask(text));
    }

    private static string Pad(PropertyToken hole, string text) =>
        hole.Alignment is not { } alignment ? text
        : alignment.Direction == AlignmentDirection.Left ? text.PadRight(alignment.Width)
        : text.PadLeft(alignment.Width);

    private string Block(string text) =>
        string.Join('\n', Clean(text).TrimEnd('\n').Split('\n').Select(line => Style("dim", Bar + line)));

    private string Clean(string text) => VisibleText.Of(Mask(text));

    private string Mask(string text) => masker.Apply(text).Text;

    private string Style(string? format, string text) =>
        !settings.Colour || text.Length == 0
            ? text
            : format switch
            {
                "bold" => $"\e[1m{text}\e[0m",
                "dim" => $"\e[2m{text}\e[0m",
                "red" => $"\e[31m{text}\e[0m",
                "green" => $"\e[32m{text}\e[0m",
                "yellow" => $"\e[33m{text}\e[0m",
                "cyan" => $"\e[36m{text}\e[0m",
                _ => text,
            };
}
