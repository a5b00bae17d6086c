using System.Text;
using ClawCi.ToolServer.Files;

namespace ClawCi.ToolServer.Tools;

/// <summary>Replaces an exact text in a file. Works on bytes, so that what is not touched stays as it is.</summary>
internal static class EditFileTool
{
    private const int ShownPlaces = 3;

    public static Task<ToolAnswer> RunAsync(ToolCall<EditFileInput> call, CancellationToken ct)
    {
        var (path, input) = (call.Input.Path, call.Input);
        if (input.OldString.Length == 0)
            throw new ToolException("old_string is empty. To create or replace a whole file use write_file.");
        if (input.OldString == input.NewString)
            throw new ToolException("old_string and new_string are the same: nothing would change.");
        using var location = call.Session.Workspace.Locate(path);
        using var file = location.OpenFile(path, out var status);
        if (call.Session.Seen.IsUnchanged(location.Path, status) is false)
            throw new ToolException($"{path} has changed since it was read. Read it again before editing it.");
        var content = FileContent.ReadAll(file, path, status.Size);
        if (FileContent.IsBinary(content))
            throw new ToolException($"{path} is a binary file. Use bash to change it.");
        var (oldBytes, newBytes) = Needles(content, input);
        var places = Find(content, oldBytes);
        if (places.Count == 0)
            throw new ToolException(EditMiss.Explain(path, Encoding.UTF8.GetString(content), input.OldString));
        if (places.Count > 1 && input.ReplaceAll is not true)
            throw new ToolException(Ambiguous(path, content, places));
        var (result, starts) = Replace(content, places, oldBytes.Length, newBytes);
        call.Session.Seen.Remember(location.Path, FileContent.Replace(location, result));
        return Task.FromResult(
            ToolAnswer.Of(Describe(path, result, starts, newBytes.Length)) with
            {
                FileHash = FileContent.Hash(result),
            }
        );
    }

    /// <summary>Where every line ends in CRLF, the texts do too.</summary>
    private static (byte[] Old, byte[] New) Needles(byte[] content, EditFileInput input)
    {
        var breaks = content.AsSpan().Count((byte)'\n');
        var isCrlf = breaks > 0 && content.AsSpan().Count("\r\n"u8) == breaks;
        return isCrlf
            ? (Encoding.UTF8.GetBytes(WithCrlf(input.OldString)), Encoding.UTF8.GetBytes(WithCrlf(input.NewString)))
            : (Encoding.UTF8.GetBytes(input.OldString), Encoding.UTF8.GetBytes(input.NewString));
    }

    private static string WithCrlf(string text) =>
        text.ReplaceLineEndings("\n").Replace("\n", "\r\n", StringComparison.Ordinal);

    private static List<int> Find(ReadOnlySpan<byte> content, ReadOnlySpan<byte> text)
    {
        var places = new List<int>();
        for (var from = 0; content[from..].IndexOf(text) is >= 0 and var at; from += at + text.Length)
            places.Add(from + at);
        return places;
    }

    private static (byte[] Content, List<int> Starts) Replace(byte[] content, List<int> places, int length, byte[] text)
    {
        using var result = new MemoryStream(content.Length + places.Count * Math.Max(0, text.Length - length));
        var starts = new List<int>();
        var from = 0;
        foreach (var place in places)
        {
            result.Write(content.AsSpan(from..place));
            starts.Add((int)result.Position);
            result.Write(text);
            from = place + length;
        }
        result.Write(content.AsSpan(from));
        return (result.ToArray(), starts);
    }

    private static string Ambiguous(string path, byte[] content, List<int> places)
    {
        var lines = places.Take(10).Select(p => content.AsSpan(0, p).Count((byte)'\n') + 1);
        var more = places.Count > 10 ? " and more" : "";
        return $"old_string occurs {places.Count} times in {path}, at lines {string.Join(", ", lines)}{more}. "
            + "Take in more of the surrounding lines to make it unique, or set replace_all.";
    }

    private static string Describe(string path, byte[] content, List<int> starts, int length)
    {
        var text = new StringBuilder();
        text.Append($"Edited {path}: {starts.Count} replacement{(starts.Count == 1 ? "" : "s")}.\n");
        foreach (var start in starts.Take(ShownPlaces))
            text.Append(Snippet.Around(content, start, length));
        if (starts.Count > ShownPlaces)
            text.Append($"[… and {starts.Count - ShownPlaces} more places]\n");
        return text.ToString();
    }
}
