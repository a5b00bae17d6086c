using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ClawCi.Sandboxes;

/// <summary>The static tool server on this machine, which goes into every container.</summary>
/// <param name="Sha256">Lower-case hex of the file's content.</param>
/// <param name="Architecture">Of the code in it, in Go's spelling; null when it is no ELF file that we know.</param>
internal sealed record ToolServerBinary(string Path, string Sha256, string? Architecture)
{
    /// <summary>Reads and hashes the file.</summary>
    /// <exception cref="FileNotFoundException">Nothing was built there.</exception>
    public static async Task<ToolServerBinary> LoadAsync(string path, CancellationToken ct)
    {
        var content = await File.ReadAllBytesAsync(path, ct);
        return new ToolServerBinary(path, Convert.ToHexStringLower(SHA256.HashData(content)), ArchitectureOf(content));
    }

    private static string? ArchitectureOf(ReadOnlySpan<byte> elf) =>
        elf.Length < 20 || !elf.StartsWith("\u007fELF"u8)
            ? null
            : BinaryPrimitives.ReadUInt16LittleEndian(elf[18..]) switch
            {
                62 => "amd64",
                183 => "arm64",
                _ => null,
            };
}
