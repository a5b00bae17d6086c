using System.Text.RegularExpressions;

namespace ClawCi.ToolServer.Files;

/// <summary>Tells the model why its text was not found, and what is there instead.</summary>
internal static partial class EditMiss
{
    private const int MaxLines = 20_000;
    private const double Similar = 0.5;

    public static string Explain(string path, string content, string wanted)
    {
        var lines = content.Split('\n');
        var wantedLines = wanted.Split('\n').Select(l => l.Trim()).ToList();
        var anchor = wantedLines.FindIndex(l => l.Length > 0);
        if (anchor < 0)
            return $"old_string is not in {path}: it is only white space that does not occur like this.";
        if (LineNumber().IsMatch(wanted))
            return $"old_string is not in {path}: it seems to start with a line number of read_file's, which is not part of the file.";
        if (SameButWhiteSpace(lines, wantedLines) is >= 0 and var at)
            return $"old_string is not in {path}, but these lines differ from it only in white space (tabs, spaces, trailing "
                + $"blanks). Copy them exactly:\n{Snippet.Numbered(lines, at, at + wantedLines.Count)}";
        var (nearest, likeness) = Nearest(lines, wantedLines[anchor]);
        return likeness < Similar
            ? $"old_string is not in {path}, and nothing like it. Read the file again."
            : $"old_string is not in {path}. The nearest place is:\n"
                + Snippet.Numbered(lines, nearest - anchor, nearest - anchor + wantedLines.Count + 1);
    }

    private static int SameButWhiteSpace(string[] lines, List<string> wanted)
    {
        for (var at = 0; at + wanted.Count <= Math.Min(lines.Length, MaxLines); at++)
        {
            var same = true;
            for (var i = 0; same && i < wanted.Count; i++)
                same = Squeeze(lines[at + i]) == Squeeze(wanted[i]);
            if (same)
                return at;
        }
        return -1;
    }

    private static string Squeeze(string line) => WhiteSpace().Replace(line.Trim(), " ");

    private static (int Line, double Likeness) Nearest(string[] lines, string wanted)
    {
        var pairs = Pairs(wanted);
        var best = (Line: 0, Likeness: 0.0);
        for (var i = 0; i < Math.Min(lines.Length, MaxLines); i++)
        {
            var other = Pairs(lines[i].Trim());
            var common = other.Count(pairs.Contains);
            var likeness = 2.0 * common / Math.Max(1, pairs.Count + other.Count);
            if (likeness > best.Likeness)
                best = (i, likeness);
        }
        return best;
    }

    /// <summary>The neighbouring characters of a line's first few hundred.</summary>
    private static HashSet<(char, char)> Pairs(string line)
    {
        var pairs = new HashSet<(char, char)>();
        for (var i = 1; i < Math.Min(line.Length, 300); i++)
            pairs.Add((line[i - 1], line[i]));
        return pairs;
    }

    [GeneratedRegex(@"\A\s*[0-9]+\t")]
    private static partial Regex LineNumber();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
