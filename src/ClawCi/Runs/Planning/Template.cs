using System.Text.RegularExpressions;
using ClawCi.Configuration;

namespace ClawCi.Runs.Planning;

/// <summary>
/// <c>$[[ run.id ]]</c> in a prompt or description. Neither YAML nor GitHub's <c>${{ }}</c> gives these characters a meaning.
/// Values are put in once: what they contain is not looked at again.
/// </summary>
internal static partial class Template
{
    public const string RunId = "run.id";

    private static readonly string[] Known = [RunId];

    /// <param name="text">Without mistakes.</param>
    public static string Expand(string text, string runId) => Hole().Replace(text, runId);

    /// <summary>What is wrong, and the index in the text where.</summary>
    public static IEnumerable<(int Index, string Message)> Mistakes(string text)
    {
        foreach (Match hole in Hole().Matches(text))
        {
            var name = hole.Value.Trim('$', '[', ']', ' ', '\t');
            if (name.Split('.')[0] is "inputs" or "matrix" or "target")
                yield return (hole.Index, $"`$[[ {name} ]]` is not supported yet");
            else if (!Known.Contains(name))
                yield return (
                    hole.Index,
                    $"unknown name {SourceNode.Quote(name)} in a template{DidYouMean.Suffix(name, Known)}"
                );
        }
        for (var open = text.IndexOf("$[[", StringComparison.Ordinal); open >= 0; open = Next(text, open))
        {
            if (!Hole().IsMatch(text[open..].Split('\n')[0]))
                yield return (open, "`$[[` is not closed by `]]` in its line");
        }
    }

    private static int Next(string text, int from) => text.IndexOf("$[[", from + 3, StringComparison.Ordinal);

    [GeneratedRegex(@"\$\[\[[^\r\n]*?\]\]")]
    private static partial Regex Hole();
}
