using System.Text;

namespace ClawCi.Shared;

/// <summary>
/// The rules of one <c>.gitignore</c>. Names are bytes: paths and patterns are compared as Latin-1, so that every name,
/// UTF-8 or not, is a string of one character a byte. Agrees with <c>git check-ignore</c>.
/// </summary>
internal sealed class IgnoreFile
{
    private readonly List<IgnoreRule> _rules = [];

    private IgnoreFile() { }

    public static IgnoreFile Parse(ReadOnlySpan<byte> content)
    {
        var result = new IgnoreFile();
        if (content.StartsWith(Encoding.UTF8.Preamble))
            content = content[Encoding.UTF8.Preamble.Length..];
        foreach (var range in content.Split((byte)'\n'))
        {
            var line = content[range];
            if (line.EndsWith("\r"u8))
                line = line[..^1];
            // git reads lines as C strings.
            if (line.IndexOf((byte)0) is >= 0 and var end)
                line = line[..end];
            if (!line.StartsWith("#"u8) && IgnoreRule.Parse(Encoding.Latin1.GetString(TrimSpaces(line))) is { } rule)
                result._rules.Add(rule);
        }
        return result;
    }

    /// <param name="path">Latin-1, relative to the directory of this file.</param>
    /// <returns>True: ignored. False: taken back by a <c>!</c> rule. Null: no rule is about it.</returns>
    public bool? IsIgnored(ReadOnlySpan<char> path, bool isDirectory)
    {
        for (var i = _rules.Count - 1; i >= 0; i--)
        {
            if (_rules[i].IsMatch(path, isDirectory))
                return !_rules[i].IsNegated;
        }
        return null;
    }

    private static ReadOnlySpan<byte> TrimSpaces(ReadOnlySpan<byte> line)
    {
        var end = 0;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '\\')
                end = Math.Min(++i + 1, line.Length);
            else if (line[i] != ' ')
                end = i + 1;
        }
        return line[..end];
    }
}
