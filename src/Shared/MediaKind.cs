namespace ClawCi.Shared;

/// <summary>Images and documents that models can look at, told by their first bytes. Nobody here reads further.</summary>
internal static class MediaKind
{
    public const string Pdf = "application/pdf";

    /// <summary>So many bytes are enough to tell.</summary>
    public const int StartBytes = 12;

    /// <summary>Providers take five megabytes of base64.</summary>
    public const int MaxBytes = 3_750_000;

    /// <returns>Such as <c>image/png</c>; null for anything else.</returns>
    public static string? Of(ReadOnlySpan<byte> start) =>
        start.StartsWith<byte>([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]) ? "image/png"
        : start.StartsWith<byte>([0xFF, 0xD8, 0xFF]) ? "image/jpeg"
        : start.StartsWith("GIF87a"u8) || start.StartsWith("GIF89a"u8) ? "image/gif"
        : start.StartsWith("RIFF"u8) && start.Length >= StartBytes && start[8..].StartsWith("WEBP"u8) ? "image/webp"
        : start.StartsWith("%PDF-"u8) ? Pdf
        : null;
}
