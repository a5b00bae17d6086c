using System.Globalization;

namespace ClawCi.Artifacts.Findings;

/// <summary>A line of a file, as sources of values and rules are written: <c>policy.yaml:5</c>.</summary>
internal sealed record FilePlace(string Path, int Line)
{
    /// <summary>The first place in a list such as <c>built-in, task.yaml:26</c>; null where no file is meant.</summary>
    public static FilePlace? Read(string? source)
    {
        foreach (var part in (source ?? "").Split(", "))
        {
            var colon = part.LastIndexOf(':');
            if (
                colon > 0
                && int.TryParse(part.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var line)
                && line > 0
            )
                return new FilePlace(part[..colon], line);
        }
        return null;
    }
}
