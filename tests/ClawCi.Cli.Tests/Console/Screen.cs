using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace ClawCi.Cli.Tests.Console;

/// <summary>What a person sees in the end of what was written to a terminal. Knows as much of one as we use, and allows no more.</summary>
internal static partial class Screen
{
    public static IReadOnlyList<string> Rows(string written, int columns)
    {
        var rows = new List<StringBuilder> { new() };
        var column = 0;
        for (var at = 0; at < written.Length; at++)
        {
            var row = rows[^1];
            switch (written[at])
            {
                case '\r':
                    column = 0;
                    break;
                case '\n':
                    rows.Add(new());
                    break;
                case '\e':
                    var sequence = Allowed().Match(written, at);
                    Assert.True(sequence.Success, $"not ours: {written[at..Math.Min(at + 20, written.Length)]}");
                    if (sequence.Value == "\e[K")
                        row.Length = Math.Min(row.Length, column);
                    at += sequence.Length - 1;
                    break;
                case var sign:
                    Assert.False(char.IsControl(sign), $"U+{(int)sign:X4} reached the terminal");
                    if (column == columns)
                    {
                        rows.Add(row = new());
                        column = 0;
                    }
                    if (column < row.Length)
                        row[column] = sign;
                    else
                        row.Append(sign);
                    column++;
                    break;
            }
        }
        return [.. rows.Select(row => row.ToString())];
    }

    [GeneratedRegex(@"\G\e\[(K|[0-9]{1,2}m)")]
    private static partial Regex Allowed();
}
