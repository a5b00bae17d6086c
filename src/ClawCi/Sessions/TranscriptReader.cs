using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ClawCi.Events;

namespace ClawCi.Sessions;

/// <summary>Reads a transcript, or as much of one as was written.</summary>
internal static class TranscriptReader
{
    private static readonly Dictionary<string, JsonTypeInfo> Known = RunEvent.TypesByName.ToDictionary(
        type => type.Key,
        type => EventJson.Line.GetTypeInfo(type.Value)!
    );

    /// <summary>All lines of a file; otherwise like <see cref="Stream"/>.</summary>
    public static IReadOnlyList<TranscriptLine> Read(string path) => [.. Stream(path)];

    /// <summary>
    /// The lines of a file, one after the other: no more than one is in memory, however long the transcript is. A torn last line
    /// is left out: a killed run leaves one. Throws <see cref="UserErrorException"/> when a line is no transcript line or
    /// its hash does not fit, which is an edit.
    /// </summary>
    public static IEnumerable<TranscriptLine> Stream(string path)
    {
        using var file = File.OpenRead(path);
        var reader = new LineReader(file);
        var prev = TranscriptEnvelope.FirstPrev;
        for (var number = 1; reader.TryRead(out var line); number++)
        {
            var read = Parse(path, number, line.Span);
            if (read.Envelope.Prev != prev)
                throw Broken(path, number, 1, "the hash of the line before does not fit: this transcript was edited");
            prev = read.Hash;
            yield return read;
        }
    }

    /// <param name="line">Without its line feed.</param>
    /// <exception cref="JsonException">It is no line of a transcript.</exception>
    public static TranscriptLine Parse(ReadOnlySpan<byte> line)
    {
        var envelope =
            JsonSerializer.Deserialize(line, TranscriptJson.Default.TranscriptEnvelope)
            ?? throw new JsonException("null is no line.");
        // Told its type the serialiser is three times as fast as when it has to look for it.
        var known = TypeOf(line) is { } type ? Known.GetValueOrDefault(type) : null;
        var runEvent = known is null ? null : (RunEvent?)JsonSerializer.Deserialize(line, known);
        if (runEvent is not null && envelope.AgentId != RunEvent.Main)
            runEvent = runEvent with { AgentId = envelope.AgentId };
        return new TranscriptLine(envelope, runEvent, HashOf(line));
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

    private static string? TypeOf(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isType)
                return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            reader.Skip();
        }
        return null;
    }

    private static UserErrorException Broken(string path, int line, int column, string message) =>
        new([new UserError(path, line, column, message)]);
}
