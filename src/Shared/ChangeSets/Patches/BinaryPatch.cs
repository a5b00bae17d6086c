using System.Buffers.Text;
using System.IO.Compression;

namespace ClawCi.ChangeSets.Patches;

/// <summary>Git's binary patches: the new content, or what makes it from the old one; deflated, in lines of base 85.</summary>
internal static class BinaryPatch
{
    private const string Digits =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
    private const int GroupDigits = 5;
    private const int GroupBytes = 4;

    private static readonly sbyte[] Values = [.. Enumerable.Range(0, 256).Select(c => (sbyte)Digits.IndexOf((char)c))];

    /// <summary>Passes over one forward patch and, where there is one, the reverse patch behind it.</summary>
    public static void Skip(PatchLines lines)
    {
        if (!IsTitle(lines.Next))
            throw lines.Wrong("this is no binary patch");
        for (var part = 0; part < 2 && IsTitle(lines.Next); part++)
        {
            lines.Take();
            while (!lines.Take().IsEmpty) { }
        }
    }

    /// <exception cref="ChangeSetException">It is malformed, or for another content.</exception>
    public static byte[] Apply(ReadOnlySpan<byte> old, ReadOnlyMemory<byte> body, long maxBytes)
    {
        var lines = new PatchLines(body);
        var title = lines.Take();
        var isDelta = title.StartsWith("delta "u8);
        var number = title[(isDelta ? "delta "u8 : "literal "u8).Length..];
        if (!Utf8Parser.TryParse(number, out long length, out var used) || used != number.Length || length < 0)
            throw Malformed();
        if (length > maxBytes)
            throw new ChangeSetException("the patch makes a file over the cap");
        var content = Inflate(Decode(lines), (int)length);
        return isDelta ? Delta(old, content, maxBytes) : content;
    }

    private static bool IsTitle(ReadOnlySpan<byte> line) =>
        line.StartsWith("literal "u8) || line.StartsWith("delta "u8);

    private static byte[] Decode(PatchLines lines)
    {
        using var bytes = new MemoryStream();
        while (lines.Take() is { IsEmpty: false } line)
        {
            // How many bytes the line stands for: A to Z are 1 to 26, a to z what follows.
            var left =
                line[0] is >= (byte)'A' and <= (byte)'Z' ? line[0] - 'A' + 1
                : line[0] is >= (byte)'a' and <= (byte)'z' ? line[0] - 'a' + 27
                : throw Malformed();
            line = line[1..];
            if (line.Length != (left + GroupBytes - 1) / GroupBytes * GroupDigits)
                throw Malformed();
            for (; left > 0; left -= GroupBytes, line = line[GroupDigits..])
            {
                var group = 0L;
                foreach (var digit in line[..GroupDigits])
                    group = Values[digit] >= 0 ? (group * Digits.Length) + Values[digit] : throw Malformed();
                if (group > uint.MaxValue)
                    throw Malformed();
                for (var i = 0; i < Math.Min(left, GroupBytes); i++)
                    bytes.WriteByte((byte)(group >> (24 - (8 * i))));
            }
        }
        return bytes.ToArray();
    }

    private static byte[] Inflate(byte[] deflated, int length)
    {
        try
        {
            using var stream = new ZLibStream(new MemoryStream(deflated), CompressionMode.Decompress);
            using var content = new MemoryStream();
            var buffer = new byte[1 << 16];
            // Not reserved beforehand: the length is the patch's word.
            while (content.Length <= length && stream.Read(buffer) is > 0 and var read)
                content.Write(buffer, 0, read);
            return content.Length == length ? content.ToArray() : throw Malformed();
        }
        catch (InvalidDataException)
        {
            throw Malformed();
        }
    }

    /// <summary>Lengths of both sides, then copies from the old side and bytes that are new, as in git's pack files.</summary>
    private static byte[] Delta(ReadOnlySpan<byte> old, ReadOnlySpan<byte> delta, long maxBytes)
    {
        var (from, to) = (Size(ref delta), Size(ref delta));
        if (from != old.Length || to > maxBytes)
            throw Malformed();
        using var result = new MemoryStream();
        while (!delta.IsEmpty)
        {
            var command = Byte(ref delta);
            if (command == 0)
                throw Malformed();
            if (command < 0x80)
            {
                if (command > delta.Length)
                    throw Malformed();
                result.Write(delta[..command]);
                delta = delta[command..];
            }
            else
            {
                long offset = 0;
                for (var i = 0; i < 4; i++)
                    offset |= (command & (1 << i)) != 0 ? (long)Byte(ref delta) << (8 * i) : 0;
                var count = 0;
                for (var i = 0; i < 3; i++)
                    count |= (command & (0x10 << i)) != 0 ? Byte(ref delta) << (8 * i) : 0;
                count = count == 0 ? 0x10000 : count;
                if (offset + count > old.Length)
                    throw Malformed();
                result.Write(old.Slice((int)offset, count));
            }
            if (result.Length > to)
                throw Malformed();
        }
        return result.Length == to ? result.ToArray() : throw Malformed();
    }

    private static long Size(ref ReadOnlySpan<byte> delta)
    {
        var size = 0L;
        for (var shift = 0; shift < 63; shift += 7)
        {
            var part = Byte(ref delta);
            size |= (long)(part & 0x7F) << shift;
            if (part < 0x80)
                return size;
        }
        throw Malformed();
    }

    private static byte Byte(ref ReadOnlySpan<byte> delta)
    {
        if (delta.IsEmpty)
            throw Malformed();
        var value = delta[0];
        delta = delta[1..];
        return value;
    }

    private static ChangeSetException Malformed() => new("a binary part of the patch is malformed");
}
