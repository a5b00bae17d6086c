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
        using var file = File.OpenRead(path);
        var reader = new LineReader(file);
        var lines = new List<TranscriptLine>();
        var prev = TranscriptEnvelope.FirstPrev;
        for (var number = 1; reader.TryRead(out var line); number++)
        {
            var read = Parse(path, number, line.Span);
            if (read.Envelope.Prev != prev)
                throw Broken(path, number, 1, "the hash of the line before does not fit: this transcript was edited");
            prev = read.Hash;
            lines.Add(read);
        }
        return lines;
    }

    /// <param name="line">Without its line feed.</param>
    /// <exception cref="JsonException">It is no line of a transcript.</exception>
    public static TranscriptLine Parse(ReadOnlySpan<byte> line)
    {
        var envelope =
            JsonSerializer.Deserialize(line, TranscriptJson.Default.TranscriptEnvelope)
            ?? throw new JsonException("null is no line.");
        var known = IsKnown(line) ? JsonSerializer.Deserialize(line, EventJson.Line.RunEvent) : null;
        return new TranscriptLine(envelope, known, HashOf(line));
    }

    /// <summary>What the next line has as <c>prev</c>.</summary>
    public static string HashOf(ReadOnlySpan<byte> line) => Convert.ToHexStringLower(SHA256.HashData(line));

    private static TranscriptLine Parse(string path, int number, ReadOnlySpan<byte> line)
    {
        try
        {
            return Parse(line);
        }
        catch (JsonException e)
        {
            throw Broken(path, number, (int)(e.BytePositionInLine ?? 0) + 1, $"not a transcript line: {e.Message}");
        }
    }

    private static bool IsKnown(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isType)
                return reader.TokenType == JsonTokenType.String && RunEvent.Types.Contains(reader.GetString()!);
            reader.Skip();
        }
        return false;
    }

    private static UserErrorException Broken(string path, int line, int column, string message) =>
        new([new UserError(path, line, column, message)]);
}
