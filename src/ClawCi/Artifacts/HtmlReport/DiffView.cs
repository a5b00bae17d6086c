using ClawCi.Artifacts.Diffs;
using ClawCi.Sessions;

namespace ClawCi.Artifacts.HtmlReport;

/// <summary>A patch as a person reads it: a fold a file, coloured lines, what changed inside a line marked.</summary>
internal static class DiffView
{
    private const int MostLines = 4000;
    private const int MostLinesOfAFile = 1000;
    private const int MostLineLength = 600;

    /// <summary>A file that needs more lines than this is folded, and so are all after so many in total.</summary>
    private const int OpenLinesOfAFile = 60;
    private const int OpenLines = 120;

    private static readonly SecretMasker Shapes = new();

    /// <summary>A fold a file.</summary>
    /// <param name="most">In bytes.</param>
    public static IEnumerable<Html> Of(byte[] patch, int most, out int count)
    {
        var files = DiffReader.Read(patch, MostLines, MostLinesOfAFile);
        count = files.Count;
        return Fitting.Of(Files(files), most, LeftOut);
    }

    private static Html LeftOut(int count) =>
        $"""<p class="remark">{Amount.Count(count, "more file")}, not shown here because the page would grow too long: see the patch.</p>""";

    private static IEnumerable<Html> Files(IReadOnlyList<DiffFile> files)
    {
        var open = 0;
        foreach (var file in files)
        {
            var isOpen = file.LineCount <= OpenLinesOfAFile && open + file.LineCount <= OpenLines;
            open += isOpen ? file.LineCount : 0;
            yield return File(file, isOpen);
        }
    }

    private static Html File(DiffFile file, bool isOpen) =>
        $"""
            <details class="file"{(isOpen ? Open : Html.Empty)}><summary><span class="path">{Path(file.Path)}</span>{Status(file)}{Bar(
                file
            )}</summary>
            <div class="diff">{Mode(file)}{Body(file)}</div></details>

            """;

    private static readonly Html Open = $" open";

    /// <summary>A long path may break after each directory.</summary>
    private static Html Path(string path)
    {
        var name = path.LastIndexOf('/') + 1;
        return $"""<span class="dir">{path[..name]}</span><wbr>{path[name..]}""";
    }

    private static Html Status(DiffFile file) =>
        file.Status == "modified" ? Html.Empty : $"""<span class="tag {file.Status}">{file.Status}</span>""";

    private static Html Bar(DiffFile file) =>
        file.IsBinary ? $"""<span class="count">binary</span>"""
        : file.LineCount == 0 ? Html.Empty
        : $"""<span class="count"><b class="plus">+{file.Additions}</b> <b class="minus">−{file.Deletions}</b></span>""";

    private static Html Mode(DiffFile file) =>
        file is { OldMode: { } old, NewMode: { } mode }
            ? $"""<p class="remark">Mode changed from {Words(old)} to {Words(mode)}.</p>"""
        : file.NewMode is "100755" or "120000" ? $"""<p class="remark">This file is {Words(file.NewMode)}.</p>"""
        : Html.Empty;

    private static string Words(string mode) =>
        mode switch
        {
            "100755" => "executable",
            "100644" => "not executable",
            "120000" => "a symbolic link",
            "160000" => "a submodule",
            _ => mode,
        };

    private static Html Body(DiffFile file)
    {
        if (file.IsBinary)
            return $"""<p class="remark">Binary file; its content is in the patch.</p>""";
        if (file.LineCount == 0)
            return file.OldMode is null ? $"""<p class="remark">Empty file.</p>""" : Html.Empty;
        if (file.KeptLines == 0)
            return $"""<p class="remark">Not shown here, the report is long enough: see the patch.</p>""";
        Html table = $"""<table><tbody>{file.Hunks.Select(Hunk)}</tbody></table>""";
        return file.KeptLines == file.LineCount
            ? table
            : $"""{table}<p class="remark">{Amount.Number(file.LineCount - file.KeptLines)} more lines are in the patch.</p>""";
    }

    private static Html Hunk(DiffHunk hunk)
    {
        // The patch's bytes went past the run's masker, and its secrets are gone; but tokens have shapes.
        var lines = hunk.Lines.Select(line => line with { Text = Shapes.Apply(line.Text).Text }).ToArray();
        var marks = LineMarks.Of(lines);
        var isStart = hunk.Heading.Length == 0 && lines is [{ Old: null or 1, New: null or 1 }, ..];
        Html gap = isStart ? Html.Empty : $"""<tr class="hunk"><td colspan="3">⋯ {hunk.Heading}</td></tr>""";
        return $"{gap}{lines.Select((line, at) => Line(line, marks[at]))}";
    }

    private static Html Line(DiffLine line, Range? mark) =>
        line.Kind switch
        {
            DiffLineKind.Remark => $"""<tr class="note"><td colspan="3">{line.Text}</td></tr>""",
            DiffLineKind.Added =>
                $"""<tr class="a"><th></th><th>{line.New!.Value}</th><td>{Text(line.Text, mark)}</td></tr>""",
            DiffLineKind.Removed =>
                $"""<tr class="r"><th>{line.Old!.Value}</th><th></th><td>{Text(line.Text, mark)}</td></tr>""",
            _ => $"""<tr><th>{line.Old!.Value}</th><th>{line.New!.Value}</th><td>{Text(line.Text, null)}</td></tr>""",
        };

    private static Html Text(string text, Range? mark)
    {
        if (text.Length > MostLineLength)
            return $"""{text[..MostLineLength]}<span class="cut">… {Amount.Number(text.Length - MostLineLength)} more characters</span>""";
        if (mark is not { } range)
            return $"{text}";
        var (start, length) = range.GetOffsetAndLength(text.Length);
        return $"{text[..start]}<mark>{text.Substring(start, length)}</mark>{text[(start + length)..]}";
    }
}
