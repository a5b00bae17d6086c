using System.Buffers;
using System.Text;
using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Patches;

namespace ClawCi.Artifacts.Diffs;

/// <summary>Decodes what stands in a patch: bytes of files in any encoding, and paths in git's quoting.</summary>
internal static class PatchText
{
    /// <summary>UTF-8 where it is UTF-8; any other byte as <c>\xHH</c>.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var used) == OperationStatus.Done)
                text.Append(rune.ToString());
            else
                for (var i = 0; i < used; i++)
                    text.Append($"\\x{bytes[i]:X2}");
            bytes = bytes[used..];
        }
        return text.ToString();
    }

    /// <summary>A path after <c>---</c> or <c>+++</c>, its prefix taken off; null for <c>/dev/null</c>.</summary>
    public static string? Path(ReadOnlySpan<byte> field)
    {
        // Git ends an unquoted path with a tab when there is white space in it.
        var raw = field is [(byte)'"', ..] ? PatchPath.Unquote(field, out _) : field.TrimEnd((byte)'\t').ToArray();
        return raw.AsSpan().SequenceEqual("/dev/null"u8) ? null : WithoutPrefix(raw);
    }

    /// <summary>The path in <c>a/PATH b/PATH</c>, both being the same.</summary>
    public static string HeaderPath(ReadOnlySpan<byte> field)
    {
        if (field is [(byte)'"', ..])
            return WithoutPrefix(PatchPath.Unquote(field, out _));
        var half = (field.Length - 1) / 2;
        return half < 2 ? Decode(field) : ChangePath.Display(field[2..half]);
    }

    private static string WithoutPrefix(ReadOnlySpan<byte> path) =>
        ChangePath.Display(path[Math.Min(2, path.Length)..]);
}
