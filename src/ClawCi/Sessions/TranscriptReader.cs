using System.Security.Cryptography;
using System.Text.Json;
using ClawCi.Events;

namespace ClawCi.Sessions;

/// <summary>Reads a transcript, or as much of one as was written.</summary>
internal static class TranscriptReader
{
    /// <summary>
    /// The lines of a file. A torn last line is left out: a killed run leaves one. Throws
    /// <see cref="UserErrorException"/> when a line is no transcript line or its hash does not fit, which is an edit.
    /// </summary>
    public static IReadOnlyList<TranscriptLine> Read(string path)
    {
        var bytes = File.ReadAllBytes(path).AsSpan();
        var lines = new List<TranscriptLine>();
        var prev = TranscriptEnvelope.FirstPrev;
        for (var number = 1; bytes.IndexOf((byte)'\n') is >= 0 and var end; number++)
        {
            var line = bytes[..end];
            bytes = bytes[(end + 1)..];
            var read = Parse(path, number, line);
            if (read.Envelope.Prev != prev)
                throw Broken(path, number, 1, "the hash of the line before does not fit: this transcript was edited");
            prev = read.Hash;
            lines.Add(read);
        }
        return lines;
    }

    private static TranscriptLine Parse(string path, int number, ReadOnlySpan<byte> line)
    {
        try
        {
            var envelope = JsonSerializer.Deserialize(line, TranscriptJson.Default.TranscriptEnvelope)!;
            var hash = Convert.ToHexStringLower(SHA256.HashData(line));
            return new TranscriptLine(envelope, IsKnown(line) ? ParseEvent(line) : null, hash);
        }
        catch (JsonException e)
        {
            throw Broken(path, number, (int)(e.BytePositionInLine ?? 0) + 1, $"not a transcript line: {e.Message}");
        }
    }

    private static RunEvent? ParseEvent(ReadOnlySpan<byte> line) =>
        JsonSerializer.Deserialize(line, EventJson.Line.RunEvent);

    private static bool IsKnown(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        using var document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.TryGetProperty("type", out var type)
            && RunEvent.Types.Contains(type.GetString() ?? "");
    }

    private static UserErrorException Broken(string path, int line, int column, string message) =>
        new([new UserError(path, line, column, message)]);
}
