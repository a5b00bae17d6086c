using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ClawCi.Sandboxes;

/// <summary>The static tool server on this machine, which goes into every container.</summary>
/// <param name="Sha256">Lower-case hex of the file's content.</param>
/// <param name="Architecture">Of the code in it, in Go's spelling; null when it is no ELF file that we know.</param>
internal sealed record ToolServerBinary(string Path, string Sha256, string? Architecture)
{
    /// <summary>As much of an ELF file as tells its machine.</summary>
    private const int HeadBytes = 20;

    /// <summary>Reads and hashes the file.</summary>
    /// <exception cref="SandboxException">It is not there, or may not be read.</exception>
    public static async Task<ToolServerBinary> LoadAsync(string path, CancellationToken ct)
    {
        await using var file = Open(path);
        var head = new byte[HeadBytes];
        var length = await file.ReadAtLeastAsync(head, HeadBytes, throwOnEndOfStream: false, ct);
        file.Position = 0;
        var hash = await SHA256.HashDataAsync(file, ct);
        return new ToolServerBinary(path, Convert.ToHexStringLower(hash), ArchitectureOf(head.AsSpan(0, length)));
    }

    private static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SandboxException(
                SandboxFailure.Incomplete,
                $"The tool server, which works in every sandbox, cannot be read: {e.Message} The directory toolserver/ must lie beside the "
                    + "program, as it was built or unpacked.",
                e
            );
        }
    }

    private static string? ArchitectureOf(ReadOnlySpan<byte> elf) =>
        elf.Length < HeadBytes || !elf.StartsWith("\u007fELF"u8)
            ? null
            : BinaryPrimitives.ReadUInt16LittleEndian(elf[18..]) switch
            {
                62 => "amd64",
                183 => "arm64",
                _ => null,
            };
}
