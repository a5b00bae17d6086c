using System.Security.Cryptography;
using System.Text;

namespace ClawCi.Configuration;

/// <summary>A file of the user's, read whole and known to be text.</summary>
/// <param name="Name">As the user named it; messages begin with it.</param>
/// <param name="Text">Without a byte order mark.</param>
/// <param name="Sha256">Of the bytes, lower-case hex.</param>
internal sealed record SourceFile(string Name, string Text, string Sha256)
{
    /// <summary>Whether a commit has it, and not the directory that it seems to lie in.</summary>
    public bool IsFromBaseCommit { get; init; }

    /// <summary>Far above what anyone writes by hand, far below what hurts.</summary>
    public const int MaxBytes = 1024 * 1024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="UserErrorException">The file is missing, unreadable, too large, or no UTF-8 text.</exception>
    public static SourceFile Read(string path) => Read(path, MaxBytes);

    /// <inheritdoc cref="Read(string)"/>
    public static SourceFile Read(string path, int maxBytes) => From(path, ReadBytes(path, maxBytes), maxBytes);

    /// <param name="name">What messages call it.</param>
    /// <exception cref="UserErrorException">The bytes are too many, or no UTF-8 text.</exception>
    public static SourceFile From(string name, byte[] bytes, int maxBytes = MaxBytes)
    {
        if (bytes.Length > maxBytes)
            throw new UserErrorException(
                name,
                $"the file is larger than {maxBytes >> 20} MiB. Nobody wrote that by hand: is it the right file?"
            );
        if (bytes is [0xFE, 0xFF, ..] or [0xFF, 0xFE, ..])
            throw new UserErrorException(name, "the file is UTF-16. Save it as UTF-8.");
        string text;
        try
        {
            text = Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw Unreadable(name, Utf8.GetString(bytes, 0, Math.Max(0, ValidPrefix(bytes))), e.BytesUnknown![0]);
        }
        if (text.StartsWith('\uFEFF'))
            text = text[1..];
        var control = text.AsSpan().IndexOfAny(ControlCharacters);
        return control < 0
            ? new SourceFile(name, text, Convert.ToHexStringLower(SHA256.HashData(bytes)))
            : throw Unreadable(name, text[..control], (byte)text[control]);
    }

    private static readonly System.Buffers.SearchValues<char> ControlCharacters = System.Buffers.SearchValues.Create([
        .. Enumerable.Range(0, 0x20).Select(c => (char)c).Where(c => c is not ('\t' or '\n' or '\r')),
        '\x7f',
    ]);

    private static byte[] ReadBytes(string path, int maxBytes)
    {
        if (Directory.Exists(path))
            throw new UserErrorException(path, "this is a directory, a file is needed");
        try
        {
            using var stream = File.OpenRead(path);
            using var buffer = new MemoryStream();
            var chunk = new byte[64 * 1024];
            // A device or a pipe has no length to ask for, so the limit is on what was read.
            while (buffer.Length <= maxBytes && stream.Read(chunk) is > 0 and var count)
                buffer.Write(chunk, 0, count);
            return buffer.ToArray();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UserErrorException(path, "no such file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UserErrorException(path, $"the file cannot be read: {e.Message}");
        }
    }

    private static int ValidPrefix(byte[] bytes)
    {
        var rest = bytes.AsSpan();
        while (!rest.IsEmpty && Rune.DecodeFromUtf8(rest, out _, out var used) == System.Buffers.OperationStatus.Done)
            rest = rest[used..];
        return bytes.Length - rest.Length;
    }

    private static UserErrorException Unreadable(string name, string before, byte culprit)
    {
        var line = before.Count(c => c == '\n') + 1;
        var column = before.Length - before.LastIndexOf('\n');
        var what = culprit >= 0x80 ? "is not UTF-8" : "is a control character";
        return new UserErrorException([
            new UserError(name, line, column, $"byte 0x{culprit:X2} {what}. Is this a text file?"),
        ]);
    }
}
