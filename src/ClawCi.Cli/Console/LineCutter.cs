using ClawCi.Sessions;

namespace ClawCi.Cli.Console;

/// <summary>Cuts texts to what fits on a line. Masks before it cuts: half a secret is still half a secret.</summary>
internal sealed class LineCutter(ConsoleSettings settings, SecretMasker masker)
{
    private const int BarWidth = 6;
    private const int Narrowest = 20;

    /// <summary>The text on one line.</summary>
    /// <param name="taken">How many characters of the line are used already.</param>
    public string Line(string text, int taken) => Fit(VisibleText.Line(Mask(text).Trim()), taken);

    /// <summary>The first line of the text that says something.</summary>
    public string FirstLine(string text, int taken)
    {
        var masked = Mask(text).Trim();
        var end = masked.IndexOf('\n', StringComparison.Ordinal);
        return Fit(VisibleText.Line(end < 0 ? masked : masked[..end]), taken);
    }

    /// <summary>So many lines from the start, and how many more there are.</summary>
    public string Head(string text, int most) =>
        Lines(text, lines => lines.Length <= most ? lines : [.. lines[..most], $"… {lines.Length - most} more lines"]);

    /// <summary>So many lines from the end, and how many were before.</summary>
    public string Tail(string text, int most) =>
        Lines(
            text,
            lines => lines.Length <= most ? lines : [$"… {lines.Length - most} lines before", .. lines[^most..]]
        );

    private string Lines(string text, Func<string[], string[]> pick)
    {
        var lines = VisibleText.Of(Mask(text)).Trim('\n').Split('\n');
        return string.Join('\n', pick(lines).Select(line => Fit(line, BarWidth)));
    }

    private string Fit(string line, int taken)
    {
        var most = Math.Max(settings.Width - taken, Narrowest);
        return line.Length <= most ? line : line[..(most - 1)] + "…";
    }

    private string Mask(string text) => masker.Apply(text).Text;
}
