using System.Buffers.Text;

namespace ClawCi.Artifacts.Diffs;

/// <summary>
/// Reads a patch as <c>git diff-tree -p --binary</c> writes it. The line counts of each hunk are followed, so that a
/// file's content cannot pass for structure.
/// </summary>
internal ref struct DiffReader
{
    private ReadOnlySpan<byte> _rest;
    private int _keep;
    private int _keepOfFile;
    private int _added;
    private int _removed;
    private int _lines;

    private DiffReader(ReadOnlySpan<byte> patch) => _rest = patch;

    /// <param name="keep">Lines at most that are kept of all files; the others are counted.</param>
    /// <param name="keepOfFile">Likewise of each file.</param>
    public static IReadOnlyList<DiffFile> Read(
        ReadOnlySpan<byte> patch,
        int keep = int.MaxValue,
        int keepOfFile = int.MaxValue
    )
    {
        var reader = new DiffReader(patch) { _keep = keep };
        var files = new List<DiffFile>();
        while (!reader._rest.IsEmpty)
        {
            if (After(reader.Next(), "diff --git "u8, out var paths))
                files.Add(reader.ReadFile(PatchText.HeaderPath(paths), keepOfFile));
        }
        return files;
    }

    private DiffFile ReadFile(string path, int keep)
    {
        (_keepOfFile, _added, _removed, _lines) = (keep, 0, 0, 0);
        var (status, oldMode, newMode, isBinary) = ("modified", (string?)null, (string?)null, false);
        var hunks = new List<DiffHunk>();
        while (!_rest.IsEmpty && !_rest.StartsWith("diff --git "u8))
        {
            var line = Next();
            if (After(line, "@@ -"u8, out var range))
            {
                var hunk = ReadHunk(range);
                if (hunk.Lines.Count > 0)
                    hunks.Add(hunk);
            }
            else if (After(line, "new file mode "u8, out var added))
                (status, newMode) = ("added", PatchText.Decode(added));
            else if (After(line, "deleted file mode "u8, out _))
                status = "deleted";
            else if (After(line, "old mode "u8, out var before))
                oldMode = PatchText.Decode(before);
            else if (After(line, "new mode "u8, out var after))
                newMode = PatchText.Decode(after);
            else if (line.SequenceEqual("GIT binary patch"u8) || line.StartsWith("Binary files "u8))
                isBinary = true;
            else if (hunks.Count == 0 && (After(line, "--- "u8, out var side) || After(line, "+++ "u8, out side)))
                path = PatchText.Path(side) ?? path;
        }
        return new DiffFile(path, status, oldMode, newMode, isBinary, hunks, _added, _removed, _lines);
    }

    /// <param name="range"><c>12,3 +12,4 @@ heading</c>.</param>
    private DiffHunk ReadHunk(ReadOnlySpan<byte> range)
    {
        var (oldLine, oldLeft) = Range(ref range);
        range = range.TrimStart(" +"u8);
        var (newLine, newLeft) = Range(ref range);
        var heading = After(range.TrimStart((byte)' '), "@@"u8, out var rest) ? PatchText.Decode(rest).Trim() : "";
        var lines = new List<DiffLine>();
        while ((oldLeft > 0 || newLeft > 0 || _rest is [(byte)'\\', ..]) && !_rest.IsEmpty)
        {
            var line = Next();
            var kind = Kind(line);
            (int? old, int? @new) = (null, null);
            if (kind is DiffLineKind.Removed or DiffLineKind.Same)
                (old, oldLeft) = (oldLine++, oldLeft - 1);
            if (kind is DiffLineKind.Added or DiffLineKind.Same)
                (@new, newLeft) = (newLine++, newLeft - 1);
            _lines++;
            _added += kind == DiffLineKind.Added ? 1 : 0;
            _removed += kind == DiffLineKind.Removed ? 1 : 0;
            if (_keep == 0 || _keepOfFile == 0)
                continue;
            (_keep, _keepOfFile) = (_keep - 1, _keepOfFile - 1);
            var text = line.IsEmpty ? "" : PatchText.Decode(line[1..]);
            lines.Add(new(kind, old, @new, kind == DiffLineKind.Remark ? text.Trim() : text));
        }
        return new DiffHunk(heading, lines);
    }

    private static DiffLineKind Kind(ReadOnlySpan<byte> line) =>
        line switch
        {
            [(byte)'+', ..] => DiffLineKind.Added,
            [(byte)'-', ..] => DiffLineKind.Removed,
            [(byte)'\\', ..] => DiffLineKind.Remark,
            _ => DiffLineKind.Same,
        };

    /// <summary><c>start,count</c>; a count of one is left out.</summary>
    private static (int Start, int Count) Range(ref ReadOnlySpan<byte> text)
    {
        var start = Number(ref text);
        if (text is not [(byte)',', ..])
            return (start, 1);
        text = text[1..];
        return (start, Number(ref text));
    }

    private static int Number(ref ReadOnlySpan<byte> text)
    {
        _ = Utf8Parser.TryParse(text, out int number, out var used);
        text = text[used..];
        return number;
    }

    private ReadOnlySpan<byte> Next()
    {
        var end = _rest.IndexOf((byte)'\n');
        var line = end < 0 ? _rest : _rest[..end];
        _rest = end < 0 ? [] : _rest[(end + 1)..];
        return line;
    }

    private static bool After(ReadOnlySpan<byte> line, ReadOnlySpan<byte> start, out ReadOnlySpan<byte> rest)
    {
        var fits = line.StartsWith(start);
        rest = fits ? line[start.Length..] : default;
        return fits;
    }
}
