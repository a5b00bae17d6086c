using System.Text.RegularExpressions;
using ClawCi.Configuration;

namespace ClawCi.Runs.Planning;

/// <summary>
/// <c>$[[ run.id ]]</c>, <c>$[[ inputs.x ]]</c>, <c>$[[ matrix.x ]]</c> and <c>$[[ target.x ]]</c> in a prompt or description. Neither YAML nor GitHub's <c>${{ }}</c> gives these characters a meaning.
/// Values are put in once: what they contain is not looked at again.
/// </summary>
internal static partial class Template
{
    public const string RunId = "run.id";

    /// <param name="text">Without mistakes.</param>
    /// <param name="values">By name; a name of the matrix that this task has no value for is empty.</param>
    public static string Expand(string text, IReadOnlyDictionary<string, string> values) =>
        Hole().Replace(text, hole => values.GetValueOrDefault(NameIn(hole.Value), ""));

    /// <summary>What is wrong, and the index in the text where.</summary>
    /// <param name="known">The names that may stand in it.</param>
    public static IEnumerable<(int Index, string Message)> Mistakes(string text, IReadOnlyList<string> known)
    {
        foreach (Match hole in Hole().Matches(text))
        {
            var name = NameIn(hole.Value);
            if (!known.Contains(name))
                yield return (
                    hole.Index,
                    $"unknown name {SourceNode.Quote(name)} in a template{DidYouMean.Suffix(name, known)}"
                );
        }
        for (var open = text.IndexOf("$[[", StringComparison.Ordinal); open >= 0; open = Next(text, open))
        {
            if (!Hole().IsMatch(text[open..].Split('\n')[0]))
                yield return (open, "`$[[` is not closed by `]]` in its line");
        }
    }

    /// <summary>Those that stand in it.</summary>
    public static IEnumerable<string> Names(string text) => Hole().Matches(text).Select(hole => NameIn(hole.Value));

    private static string NameIn(string hole) => hole.Trim('$', '[', ']', ' ', '\t');

    private static int Next(string text, int from) => text.IndexOf("$[[", from + 3, StringComparison.Ordinal);

    [GeneratedRegex(@"\$\[\[[^\r\n]*?\]\]")]
    private static partial Regex Hole();
}
