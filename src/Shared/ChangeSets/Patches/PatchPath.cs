namespace ClawCi.ChangeSets.Patches;

/// <summary>Paths as git writes them in a patch.</summary>
internal static class PatchPath
{
    /// <summary>The path in <c>a/PATH b/PATH</c>, which must be the same twice; null for anything else.</summary>
    public static byte[]? Of(ReadOnlySpan<byte> names)
    {
        ReadOnlySpan<byte> old,
            @new;
        if (names is [(byte)'"', ..])
        {
            old = Unquote(names, out var rest);
            @new = rest is [(byte)' ', (byte)'"', ..] ? Unquote(rest[1..], out rest) : default;
            if (!rest.IsEmpty)
                return null;
        }
        else
        {
            // Neither is quoted, so both are equally long whatever spaces are in them.
            var half = names.Length / 2;
            if (names.Length % 2 == 0 || names[half] != ' ')
                return null;
            old = names[..half];
            @new = names[(half + 1)..];
        }
        return old.StartsWith("a/"u8) && @new.StartsWith("b/"u8) && old[2..].SequenceEqual(@new[2..])
            ? old[2..].ToArray()
            : null;
    }

    /// <summary>The C-style string that the text begins with; empty when it does not end.</summary>
    public static byte[] Unquote(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> rest)
    {
        var bytes = new List<byte>(text.Length);
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                rest = text[(i + 1)..];
                return [.. bytes];
            }
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                bytes.Add(text[i]);
                continue;
            }
            i++;
            if (text[i] is >= (byte)'0' and <= (byte)'3' && i + 2 < text.Length)
            {
                bytes.Add((byte)(((text[i] - '0') << 6) | ((text[i + 1] - '0') << 3) | (text[i + 2] - '0')));
                i += 2;
                continue;
            }
            bytes.Add(
                text[i] switch
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
        rest = [];
        return [];
    }
}
