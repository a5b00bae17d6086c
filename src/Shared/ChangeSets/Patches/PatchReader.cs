namespace ClawCi.ChangeSets.Patches;

/// <summary>
/// Reads a patch of the one kind that this program writes: <c>git diff-tree -p --binary --full-index --no-renames</c>. Whoever wrote
/// it may lie about everything; what it says of contents is held against their hashes when it is applied.
/// </summary>
internal sealed class PatchReader
{
    private readonly PatchLines _lines;

    private PatchReader(ReadOnlyMemory<byte> patch) => _lines = new PatchLines(patch);

    /// <returns>In the order of <see cref="ChangePath.Compare"/>, each path once.</returns>
    /// <exception cref="ChangeSetException">It is no such patch; the message has the line.</exception>
    public static IReadOnlyList<FilePatch> Read(ReadOnlyMemory<byte> patch)
    {
        var reader = new PatchReader(patch);
        var files = new List<FilePatch>();
        while (!reader._lines.IsAtEnd)
        {
            var file = reader.ReadFile();
            // A file that becomes a link is deleted and added in its place.
            if (
                files is [.., { New: null } before]
                && file.Old is null
                && before.Path.AsSpan().SequenceEqual(file.Path)
            )
                files[^1] = file with { Old = before.Old, OldBlob = before.OldBlob, IsReplacement = true };
            else
                files.Add(file);
            if (files.Count > ChangeSetCaps.Default.MaxEntries)
                throw reader._lines.Wrong($"it changes more than {ChangeSetCaps.Default.MaxEntries} files");
        }
        files.Sort((a, b) => ChangePath.Compare(a.Path, b.Path));
        var order = new EntryOrder();
        foreach (var file in files)
        {
            if (order.Fault(file.Path, file.Old is not null, file.New is not null) is { } fault)
                throw new ChangeSetException($"the patch is malformed at {file.DisplayPath}: {fault}");
        }
        return files;
    }

    private FilePatch ReadFile()
    {
        if (!_lines.TryTake("diff --git "u8, out var names))
        {
            _lines.Take();
            throw _lines.Wrong("a file's part begins with `diff --git`");
        }
        var path = PatchPath.Of(names) ?? throw _lines.Wrong("this names no file");
        if (ChangePath.Fault(path) is { } fault)
            throw _lines.Wrong(fault);
        var (old, @new) = ReadModes(out var isModified);
        byte[]? oldBlob = null,
            newBlob = null;
        if (_lines.TryTake("index "u8, out var index))
            (oldBlob, newBlob) = ReadIndex(PatchLines.Text(index), isModified, ref old, ref @new);
        else if (!isModified || old is null)
            throw _lines.Wrong("the index is missing");
        if ((old == FileKind.Symlink || @new == FileKind.Symlink) && GitNames.ForbidsSymlink(path))
            throw _lines.Wrong(".gitmodules as a symlink");
        var (body, isBinary) = ReadBody();
        if (oldBlob is null && !body.IsEmpty)
            throw _lines.Wrong("a content changes and the index is missing");
        return new FilePatch(
            path,
            old,
            @new,
            old is null ? null : oldBlob,
            @new is null ? null : newBlob,
            body,
            isBinary
        );
    }

    /// <param name="isModified">Whether the file was there and stays.</param>
    private (FileKind? Old, FileKind? New) ReadModes(out bool isModified)
    {
        isModified = false;
        if (_lines.TryTake("new file mode "u8, out var added))
            return (null, Kind(added));
        if (_lines.TryTake("deleted file mode "u8, out var deleted))
            return (Kind(deleted), null);
        isModified = true;
        if (!_lines.TryTake("old mode "u8, out var before))
            return (null, null);
        var old = Kind(before);
        return _lines.TryTake("new mode "u8, out var after)
            ? (old, Kind(after))
            : throw _lines.Wrong("the new mode is missing");
    }

    /// <param name="text"><c>HASH..HASH</c>, and the mode where it does not change.</param>
    private (byte[] Old, byte[] New) ReadIndex(string text, bool isModified, ref FileKind? old, ref FileKind? @new)
    {
        const int Digits = GitBlob.HashBytes * 2;
        if (text.Length < (2 * Digits) + 2 || text[Digits..(Digits + 2)] != "..")
            throw _lines.Wrong("the index has no full hashes");
        var mode = text[((2 * Digits) + 2)..];
        if (isModified && old is null)
            old = @new = mode.StartsWith(' ') ? Kind(System.Text.Encoding.ASCII.GetBytes(mode[1..])) : null;
        else if (mode.Length > 0)
            throw _lines.Wrong("the mode is there twice");
        if (isModified && old is null)
            throw _lines.Wrong("the mode is missing");
        try
        {
            return (
                Convert.FromHexString(text[..Digits]),
                Convert.FromHexString(text[(Digits + 2)..((2 * Digits) + 2)])
            );
        }
        catch (FormatException)
        {
            throw _lines.Wrong("the index has no full hashes");
        }
    }

    private (ReadOnlyMemory<byte> Body, bool IsBinary) ReadBody()
    {
        var isBinary = _lines.TryTake("GIT binary patch"u8, out _);
        if (!isBinary && _lines.TryTake("--- "u8, out _) && !_lines.TryTake("+++ "u8, out _))
            throw _lines.Wrong("the new name is missing");
        var start = _lines.Offset;
        if (isBinary)
            BinaryPatch.Skip(_lines);
        else
            TextPatch.Skip(_lines);
        return (_lines.Since(start), isBinary);
    }

    private FileKind Kind(ReadOnlySpan<byte> mode) =>
        PatchLines.Text(mode) switch
        {
            "100644" => FileKind.File,
            "100755" => FileKind.Executable,
            "120000" => FileKind.Symlink,
            _ => throw _lines.Wrong("only files and symbolic links can be patched"),
        };
}
