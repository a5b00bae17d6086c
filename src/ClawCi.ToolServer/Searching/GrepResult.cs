using System.Globalization;
using System.Text;
using ClawCi.ToolServer.Files;

namespace ClawCi.ToolServer.Searching;

/// <summary>Collects what a search finds, in bounded memory; counts go on when the room is used up.</summary>
internal sealed class GrepResult(GrepOutput output, int limit, int context)
{
    private const int MaxCharacters = 28_000;
    private readonly StringBuilder _text = new();
    private int _shown;

    public long MatchingLines { get; private set; }

    public int MatchingFiles { get; private set; }

    public int ShownFiles { get; private set; }

    public int ShownLines { get; private set; }

    private bool HasRoom => _shown < limit && _text.Length < MaxCharacters;

    public bool IsCut => output == GrepOutput.Content ? ShownLines < MatchingLines : ShownFiles < MatchingFiles;

    public string Text => _text.ToString();

    /// <param name="lines">Where each line of the text lies, without its end.</param>
    /// <param name="matches">Indexes of the lines that match, in order; not empty.</param>
    public void Add(string path, ReadOnlySpan<char> text, List<Range> lines, List<int> matches)
    {
        MatchingFiles++;
        MatchingLines += matches.Count;
        if (!HasRoom)
            return;
        ShownFiles++;
        if (output == GrepOutput.Content)
        {
            AddLines(path, text, lines, matches);
            return;
        }
        _shown++;
        _text.Append(output == GrepOutput.Count ? $"{path}:{matches.Count}\n" : $"{path}\n");
    }

    private void AddLines(string path, ReadOnlySpan<char> text, List<Range> lines, List<int> matches)
    {
        if (context > 0 && _text.Length > 0)
            _text.Append("--\n");
        var next = 0;
        for (var i = 0; i < matches.Count && HasRoom; i++)
        {
            var from = Math.Max(matches[i] - context, next);
            if (from > next && next > 0 && context > 0)
                _text.Append("--\n");
            var to = Math.Min(matches[i] + context, lines.Count - 1);
            // The lines after a match end where the next match's own begin.
            if (i + 1 < matches.Count)
                to = Math.Min(to, matches[i + 1] - 1);
            for (var line = from; line <= to; line++)
            {
                var mark = line == matches[i] ? ':' : '-';
                var content = Snippet.Cut(text[lines[line]].ToString());
                _text.Append(CultureInfo.InvariantCulture, $"{path}{mark}{line + 1}{mark}{content}\n");
            }
            next = to + 1;
            _shown++;
            ShownLines++;
        }
    }
}
