using System.Text.RegularExpressions;

namespace ClawCi.Sessions;

/// <summary>What the tokens of one issuer look like.</summary>
/// <param name="kind">Names the shape in findings.</param>
/// <param name="starts">What such a token begins with: only there is the pattern tried.</param>
/// <param name="pattern">The whole token; its length must be bounded.</param>
internal sealed class TokenShape(string kind, string[] starts, string pattern)
{
    /// <summary>No word goes before it, unless it is the end of an escape such as <c>\n</c> or <c>%3D</c>.</summary>
    private const string Begin = @"\G(?<!(?<!\\|%[0-9A-Fa-f])[A-Za-z0-9_])";

    private readonly Regex _pattern = new($"{Begin}(?:{pattern})", RegexOptions.CultureInvariant);

    public string Kind { get; } = kind;

    public IReadOnlyList<string> Starts { get; } = starts;

    /// <returns>Length of the token that begins here; 0 when there is none.</returns>
    public int LengthAt(string text, int at) => _pattern.Match(text, at).Length;
}
