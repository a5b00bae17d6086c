using System.Buffers;
using System.Text.RegularExpressions;

namespace ClawCi.ToolServer.Searching;

/// <summary>A regular expression that is tried on one line at a time, in time linear to the line where that is possible.</summary>
internal sealed class LinePattern
{
    private static readonly SearchValues<char> Special = SearchValues.Create(@"\*+?|{[()^$.");
    private static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(1);

    private readonly Regex? _regex;
    private readonly string _literal;
    private readonly StringComparison _comparison;

    /// <exception cref="ToolException">It is no regular expression.</exception>
    public LinePattern(string pattern, bool ignoreCase)
    {
        (_literal, _comparison) = (pattern, ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
        if (pattern.AsSpan().IndexOfAny(Special) < 0)
            return;
        var options = RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
        try
        {
            _regex = new Regex(pattern, options | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException)
        {
            // Look-around and back-references need the engine that can take for ever.
            _regex = new Regex(pattern, options, LongestMatch);
        }
        catch (ArgumentException e)
        {
            throw new ToolException(
                $"The pattern is no regular expression: {e.Message} Put a backslash before characters that are meant literally."
            );
        }
    }

    /// <summary>Whether a whole text without a match can be told without looking at its lines.</summary>
    public bool CanSkip(ReadOnlySpan<char> text) => _regex is null && text.IndexOf(_literal, _comparison) < 0;

    public bool IsMatch(ReadOnlySpan<char> line)
    {
        if (_regex is null)
            return line.Contains(_literal, _comparison);
        try
        {
            return _regex.IsMatch(line);
        }
        catch (RegexMatchTimeoutException)
        {
            throw new ToolException(
                "The pattern takes too long to match. Write it without look-around or back-references."
            );
        }
    }
}
