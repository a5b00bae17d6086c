using System.Text;
using ClawCi.ChangeSets;

namespace ClawCi.Sandboxes.Workspaces;

/// <summary>The change set as a stream for <c>git fast-import</c>: two commits, one for each side.</summary>
internal static class FastImport
{
    public const string OldRef = "refs/claw/old";
    public const string NewRef = "refs/claw/new";

    public static async Task WriteAsync(ChangeSet changes, Stream stdin, CancellationToken ct)
    {
        await using var stream = new BufferedStream(stdin, 1 << 16);
        await LineAsync(stream, $"feature done\n{Commit(OldRef, 1)}", ct);
        foreach (var entry in changes.Entries)
        {
            if (entry.Old is not null)
                await FileAsync(stream, changes, entry.Path, entry.Old, ct);
        }
        await LineAsync(stream, $"{Commit(NewRef, 2)}from :1\n", ct);
        // All deletions first: a file may stand where a directory was.
        foreach (var entry in changes.Entries)
        {
            if (entry.New is null)
                await LineAsync(stream, $"D {Quote(entry.Path)}\n", ct);
        }
        foreach (var entry in changes.Entries)
        {
            if (entry.New is not null)
                await FileAsync(stream, changes, entry.Path, entry.New, ct);
        }
        await LineAsync(stream, "done\n", ct);
        await stream.FlushAsync(ct);
    }

    /// <summary>Quoted in C style: every byte but the plainest as three octal digits.</summary>
    public static string Quote(ReadOnlySpan<byte> path)
    {
        var quoted = new StringBuilder(path.Length + 2).Append('"');
        foreach (var value in path)
        {
            if (char.IsAsciiLetterOrDigit((char)value) || "._/-".Contains((char)value, StringComparison.Ordinal))
                quoted.Append((char)value);
            else
                quoted.Append('\\').Append(Convert.ToString(value, 8).PadLeft(3, '0'));
        }
        return quoted.Append('"').ToString();
    }

    private static string Commit(string name, int mark) =>
        $"commit {name}\nmark :{mark}\ncommitter claw-ci <> 0 +0000\ndata 0\n";

    private static async Task FileAsync(
        Stream stream,
        ChangeSet changes,
        byte[] path,
        FileState state,
        CancellationToken ct
    )
    {
        await LineAsync(stream, $"M {state.Kind.GitMode()} inline {Quote(path)}\ndata {state.Length}\n", ct);
        await using (var content = changes.OpenContent(state))
            await content.CopyToAsync(stream, ct);
        await LineAsync(stream, "\n", ct);
    }

    private static ValueTask LineAsync(Stream stream, string text, CancellationToken ct) =>
        stream.WriteAsync(Encoding.ASCII.GetBytes(text), ct);
}
