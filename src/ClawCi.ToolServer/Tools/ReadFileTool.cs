using System.Globalization;
using System.Text;
using ClawCi.Shared;
using ClawCi.ToolServer.Files;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.ToolServer.Tools;

/// <summary>Shows lines of a file with their numbers; of an image or a PDF document the whole.</summary>
internal static class ReadFileTool
{
    private const int MaxLines = 2000;
    private const int MaxBytes = 50_000;

    public static Task<ToolAnswer> RunAsync(ToolCall<ReadFileInput> call, CancellationToken ct)
    {
        var (path, offset, limit) = (call.Input.Path, call.Input.Offset ?? 1, call.Input.Limit ?? MaxLines);
        if (offset < 1)
            throw new ToolException("offset counts lines from 1.");
        if (limit is < 1 or > MaxLines)
            throw new ToolException($"limit must be between 1 and {MaxLines}.");
        using var location = call.Session.Workspace.Locate(path);
        using var file = location.OpenFile(path, out var status);
        if (MediaOf(file) is { } type)
        {
            var media = Media(path, type, file, status.Size);
            call.Session.Seen.Remember(location.Path, status);
            return Task.FromResult(media);
        }
        var lines = LineWindow.Read(file, offset, limit, MaxBytes, ct);
        if (lines.IsBinary)
            throw new ToolException(
                $"{path} is a binary file of {status.Size} bytes. Use bash with file, xxd or strings to look into it."
            );
        call.Session.Seen.Remember(location.Path, status);
        return Task.FromResult(
            Answer(path, offset, lines, status.Size) with
            {
                FileHash = FileContent.Hash(file, path, status.Size),
            }
        );
    }

    private static string? MediaOf(SafeFileHandle file)
    {
        Span<byte> start = stackalloc byte[MediaKind.StartBytes];
        return MediaKind.Of(start[..RandomAccess.Read(file, start, 0)]);
    }

    private static ToolAnswer Media(string path, string type, SafeFileHandle file, long size)
    {
        if (size > MediaKind.MaxBytes)
            throw new ToolException(
                $"{path} ({type}) has {size} bytes; {MediaKind.MaxBytes} can be shown at most. Make a smaller one with bash, below /tmp."
            );
        var bytes = FileContent.ReadAll(file, path, size);
        return new($"{path}: {type}, {bytes.Length} bytes.", size)
        {
            Media = (type, bytes),
            FileHash = FileContent.Hash(bytes),
        };
    }

    private static ToolAnswer Answer(string path, int offset, LineWindow lines, long size)
    {
        if (lines.TotalLines == 0)
            return new($"({path} is empty)", 0);
        if (lines.Lines.Count == 0)
            throw new ToolException($"{path} has {lines.TotalLines} lines, so there is no line {offset}.");
        var text = new StringBuilder();
        for (var i = 0; i < lines.Lines.Count; i++)
            text.Append(CultureInfo.InvariantCulture, $"{offset + i, 6}\t{lines.Lines[i]}\n");
        var last = offset + lines.Lines.Count - 1;
        var isPart = last < lines.TotalLines;
        if (isPart)
            text.Append(
                CultureInfo.InvariantCulture,
                $"[lines {offset} to {last} of {lines.TotalLines}; go on with offset {last + 1}]\n"
            );
        return new(text.ToString(), size, Truncated: isPart || lines.WasCut);
    }
}
