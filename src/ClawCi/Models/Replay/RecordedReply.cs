using System.Globalization;
using System.Text;

namespace ClawCi.Models.Replay;

/// <summary>An answer as it came: headers that mean something, and the body, in one text.</summary>
/// <param name="Status">Null when the connection gave no answer.</param>
/// <param name="IsCut">The connection was lost before the body ended.</param>
internal sealed record RecordedReply(
    int? Status,
    IReadOnlyList<(string Name, string Value)> Headers,
    bool IsCut,
    TimeSpan Duration,
    string Body
)
{
    private const string StatusLine = "status";
    private const string EndLine = "end";
    private const string DurationLine = "duration-ms";
    private const string None = "none";
    private const string Cut = "cut";

    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append($"{StatusLine}: {Status?.ToString(CultureInfo.InvariantCulture) ?? None}\n");
        text.Append($"{EndLine}: {(IsCut ? Cut : "whole")}\n");
        text.Append($"{DurationLine}: {(long)Duration.TotalMilliseconds}\n");
        foreach (var (name, value) in Headers)
            text.Append($"{name}: {value}\n");
        return text.Append('\n').Append(Body).ToString();
    }

    /// <exception cref="FormatException">The text is none.</exception>
    public static RecordedReply Parse(string text)
    {
        var split = text.IndexOf("\n\n", StringComparison.Ordinal);
        if (split < 0)
            throw new FormatException("a blank line between head and body is missing");
        var (status, cut, duration) = ((int?)null, false, TimeSpan.Zero);
        List<(string Name, string Value)> headers = [];
        foreach (var line in text[..split].Split('\n'))
        {
            if (line.Split(": ", 2) is not [var name, var value])
                throw new FormatException($"`{line}` is no line of a head: name: value");
            switch (name)
            {
                case StatusLine:
                    status = value == None ? null : int.Parse(value, CultureInfo.InvariantCulture);
                    break;
                case EndLine:
                    cut = value == Cut;
                    break;
                case DurationLine:
                    duration = TimeSpan.FromMilliseconds(long.Parse(value, CultureInfo.InvariantCulture));
                    break;
                default:
                    headers.Add((name, value));
                    break;
            }
        }
        return new RecordedReply(status, headers, cut, duration, text[(split + 2)..]);
    }
}
