using System.Buffers.Binary;
using System.Text;
using ClawCi.ChangeSets.Posix;

namespace ClawCi.Sandboxes.Docker;

/// <summary>Tar headers whose names are bytes; the framework's writer takes text only. GNU's form, as Docker reads it.</summary>
internal static class RawTar
{
    public const int Block = 512;
    private const int NameLength = 100;

    // Largest numbers that fit their fields as octal digits.
    private const long MostOwner = 0x1F_FFFF;
    private const long MostSize = 0x1_FFFF_FFFF;

    /// <summary>The end of an archive.</summary>
    public static ReadOnlyMemory<byte> End { get; } = new byte[2 * Block];

    /// <summary>All blocks before the content.</summary>
    /// <param name="type"><c>0</c> a file, <c>2</c> a symbolic link, <c>5</c> a directory.</param>
    /// <param name="size">Of the content that follows.</param>
    public static byte[] Header(
        ReadOnlySpan<byte> name,
        char type,
        FileStatus status,
        long size,
        ReadOnlySpan<byte> link
    )
    {
        using var blocks = new MemoryStream();
        if (link.Length > NameLength)
            Long(blocks, 'K', link);
        if (name.Length > NameLength)
            Long(blocks, 'L', name);
        Write(blocks, name, type, status, size, link);
        return blocks.ToArray();
    }

    /// <summary>How many zero bytes follow a content of that size.</summary>
    public static int Padding(long size) => (int)((Block - (size % Block)) % Block);

    private static void Long(MemoryStream blocks, char type, ReadOnlySpan<byte> name)
    {
        Write(blocks, "././@LongLink"u8, type, default, name.Length + 1, []);
        blocks.Write(name);
        blocks.Write(new byte[1 + Padding(name.Length + 1)]);
    }

    private static void Write(
        MemoryStream blocks,
        ReadOnlySpan<byte> name,
        char type,
        FileStatus status,
        long size,
        ReadOnlySpan<byte> link
    )
    {
        Span<byte> block = stackalloc byte[Block];
        block.Clear();
        name[..Math.Min(name.Length, NameLength)].CopyTo(block);
        Number(block[100..108], status.Permissions | status.SpecialBits, MostOwner);
        Number(block[108..116], status.User, MostOwner);
        Number(block[116..124], status.Group, MostOwner);
        Number(block[124..136], size, MostSize);
        Number(block[136..148], Math.Max(0, status.Modified / 1_000_000_000), MostSize);
        block[156] = (byte)type;
        link[..Math.Min(link.Length, NameLength)].CopyTo(block[157..]);
        "ustar  \0"u8.CopyTo(block[257..]);
        // The sum is of the header with blanks in place of the sum.
        block[148..156].Fill((byte)' ');
        var sum = 0;
        foreach (var value in block)
            sum += value;
        Number(block[148..155], sum, MostOwner);
        blocks.Write(block);
    }

    /// <summary>Octal digits and a NUL; what does not fit is big-endian with the top bit set.</summary>
    private static void Number(Span<byte> field, long value, long most)
    {
        if (value > most)
        {
            BinaryPrimitives.WriteInt64BigEndian(field[^8..], value);
            field[0] |= 0x80;
            return;
        }
        var digits = Convert.ToString(value, 8).PadLeft(field.Length - 1, '0');
        Encoding.ASCII.GetBytes(digits, field);
    }
}
