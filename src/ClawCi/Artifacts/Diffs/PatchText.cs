using System.Buffers;
using System.Text;
using ClawCi.ChangeSets;

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
        var raw = field is [(byte)'"', ..] ? Unquote(field) : field.TrimEnd((byte)'\t').ToArray();
        return raw.AsSpan().SequenceEqual("/dev/null"u8) ? null : WithoutPrefix(raw);
    }

    /// <summary>The path in <c>a/PATH b/PATH</c>, both being the same.</summary>
    public static string HeaderPath(ReadOnlySpan<byte> field)
    {
        if (field is [(byte)'"', ..])
            return WithoutPrefix(Unquote(field));
        var half = (field.Length - 1) / 2;
        return half < 2 ? Decode(field) : ChangePath.Display(field[2..half]);
    }

    private static string WithoutPrefix(ReadOnlySpan<byte> path) =>
        ChangePath.Display(path[Math.Min(2, path.Length)..]);

    /// <summary>The C-style string that the field begins with.</summary>
    private static byte[] Unquote(ReadOnlySpan<byte> field)
    {
        var bytes = new List<byte>(field.Length);
        for (var i = 1; i < field.Length && field[i] != '"'; i++)
        {
            if (field[i] != '\\' || i + 1 == field.Length)
            {
                bytes.Add(field[i]);
                continue;
            }
            i++;
            if (field[i] is >= (byte)'0' and <= (byte)'3' && i + 2 < field.Length)
            {
                bytes.Add((byte)(((field[i] - '0') << 6) | ((field[i + 1] - '0') << 3) | (field[i + 2] - '0')));
                i += 2;
                continue;
            }
            bytes.Add(
                field[i] switch
                {
                    (byte)'a' => 7,
                    (byte)'b' => 8,
                    (byte)'t' => 9,
                    (byte)'n' => 10,
                    (byte)'v' => 11,
                    (byte)'f' => 12,
                    (byte)'r' => 13,
                    var other => other,
                }
            );
        }
        return [.. bytes];
    }
}
