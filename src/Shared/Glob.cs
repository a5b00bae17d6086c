using System.Diagnostics.CodeAnalysis;

namespace ClawCi.Shared;

/// <summary>
/// A path pattern as people write them: <c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>**</c> for any number of directories, and braces
/// for alternatives (<c>*.{ts,tsx}</c>, nested too). It is matched against a whole slash-separated relative path.
/// <c>dir/**</c> also matches <c>dir</c>, so that a rule about a directory holds when a file takes its place.
/// </summary>
internal sealed class Glob
{
    private const int MaxAlternatives = 256;
    private readonly Wildmatch[] _alternatives;

    private Glob(string pattern, Wildmatch[] alternatives) => (Pattern, _alternatives) = (pattern, alternatives);

    public string Pattern { get; }

    /// <param name="problem">What is wrong with the pattern, for people.</param>
    public static bool TryParse(
        string pattern,
        [NotNullWhen(true)] out Glob? glob,
        [NotNullWhen(false)] out string? problem
    )
    {
        (glob, problem) = (null, null);
        var alternatives = new List<string>();
        if (pattern.Length == 0)
            problem = "the pattern is empty";
        else if (!Expand(pattern.StartsWith("./", StringComparison.Ordinal) ? pattern[2..] : pattern, alternatives))
            problem = $"the braces stand for more than {MaxAlternatives} alternatives";
        if (problem is not null)
            return false;
        var compiled = alternatives.ConvertAll(a => Wildmatch.Compile(a, insideMatchesRoot: true));
        if (compiled.Contains(null))
        {
            problem = "a [ is not closed, or the pattern ends in a backslash; write \\[ for a bracket in a name";
            return false;
        }
        glob = new(pattern, [.. compiled!]);
        return true;
    }

    public bool IsMatch(ReadOnlySpan<char> path)
    {
        foreach (var alternative in _alternatives)
        {
            if (alternative.IsMatch(path))
                return true;
        }
        return false;
    }

    public override string ToString() => Pattern;

    /// <summary>Replaces the first pair of braces by each of its alternatives, and goes on with each.</summary>
    private static bool Expand(string pattern, List<string> into)
    {
        var pending = new Stack<string>([pattern]);
        while (pending.TryPop(out var next))
        {
            if (into.Count + pending.Count >= MaxAlternatives)
                return false;
            if (FindBraces(next) is not var (open, commas, close))
            {
                into.Add(next);
                continue;
            }
            int[] ends = [open, .. commas, close];
            for (var i = ends.Length - 1; i > 0; i--)
                pending.Push(
                    string.Concat(next.AsSpan(0, open), next.AsSpan((ends[i - 1] + 1)..ends[i]), next.AsSpan(close + 1))
                );
        }
        return true;
    }

    private static (int Open, List<int> Commas, int Close)? FindBraces(string pattern)
    {
        for (var open = NextSpecial(pattern, 0); open < pattern.Length; open = NextSpecial(pattern, open + 1))
        {
            if (pattern[open] != '{')
                continue;
            var (depth, commas) = (0, new List<int>());
            for (var at = open; at < pattern.Length; at = NextSpecial(pattern, at + 1))
            {
                depth +=
                    pattern[at] == '{' ? 1
                    : pattern[at] == '}' ? -1
                    : 0;
                if (depth == 0)
                    return (open, commas, at);
                if (depth == 1 && pattern[at] == ',')
                    commas.Add(at);
            }
        }
        return null;
    }

    /// <summary>The next brace or comma that is neither escaped nor inside brackets, or the pattern's length.</summary>
    private static int NextSpecial(string pattern, int at)
    {
        while (at < pattern.Length && pattern[at] is not ('{' or '}' or ','))
        {
            var after = at;
            if (pattern[at] == '[' && CharacterClass.Read(pattern, ref after) is not null)
                at = after;
            else
                at += pattern[at] == '\\' ? 2 : 1;
        }
        return Math.Min(at, pattern.Length);
    }
}
