using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;
using ClawCi.Events;
using ClawCi.Messages;

namespace ClawCi.Sessions;

/// <summary>
/// Holds a transcript against everything that docs/formats/transcript.md promises: schema, sequence, chain of hashes,
/// blobs, and that nothing follows a result.
/// </summary>
internal sealed class TranscriptCheck
{
    private const int MostErrors = 50;

    private static readonly JsonShape Envelope = new(TranscriptSchema.Envelope());

    private static readonly FrozenDictionary<string, JsonShape> Events = TranscriptSchema.Event()["anyOf"]!
        .AsArray()
        .Select(type => type!.AsObject())
        .ToFrozenDictionary(
            type => type["properties"]!["type"]!["const"]!.GetValue<string>(),
            type => new JsonShape(type)
        );

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly string _path;
    private readonly List<UserError> _errors = [];
    private readonly HashSet<string> _blobs = [];
    private readonly SortedSet<string> _unknownTypes = new(StringComparer.Ordinal);
    private int _line;
    private long _seq;
    private string _hash = TranscriptEnvelope.FirstPrev;
    private TranscriptEnvelope? _first;
    private TranscriptEnvelope? _ended;

    private TranscriptCheck(string path) => _path = path;

    /// <param name="path">Its blobs are looked for beside it.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static TranscriptFindings Of(string path)
    {
        using var file = File.OpenRead(path);
        var reader = new LineReader(file);
        var check = new TranscriptCheck(path);
        while (reader.TryRead(out var line) && check._errors.Count < MostErrors)
        {
            check._line++;
            check.Check(line);
        }
        return new(check._line, check._hash, check._first?.TaskId, check._errors, [.. check.Notes(reader.TornBytes)]);
    }

    private void Check(ReadOnlyMemory<byte> line)
    {
        var before = _errors.Count;
        // The next line is held against this one as it is: one edit is one mistake.
        string? hash = null;
        var seq = _seq + 1;
        try
        {
            CheckShape(line);
            if (_errors.Count == before)
            {
                var read = TranscriptReader.Parse(line.Span);
                CheckPlace(read);
                (hash, seq) = (read.Hash, read.Envelope.Seq);
            }
        }
        catch (JsonException e)
        {
            // The parser counts lines and paths within this one line.
            Wrong($"not a line of a transcript: {e.Message.Split(" Path: ")[0].Split(" LineNumber: ")[0]}");
        }
        _hash = hash ?? TranscriptReader.HashOf(line.Span);
        _seq = seq;
    }

    private void CheckShape(ReadOnlyMemory<byte> line)
    {
        using var document = JsonDocument.Parse(line, Strict);
        var value = document.RootElement;
        Envelope.Check(value, "line", Wrong);
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty("type", out var type))
            Wrong("line.type is missing");
        else if (type.ValueKind != JsonValueKind.String)
            Wrong("line.type is not a string");
        else if (Events.TryGetValue(type.GetString()!, out var shape))
            shape.Check(value, type.GetString()!, Wrong);
        else
            _unknownTypes.Add(type.GetString()!);
    }

    private void CheckPlace(TranscriptLine line)
    {
        var envelope = line.Envelope;
        _first ??= envelope;
        if (envelope.Schema != TranscriptEnvelope.CurrentSchema)
            Wrong($"the schema is {envelope.Schema}, and this version reads {TranscriptEnvelope.CurrentSchema}");
        if (envelope.Prev != _hash)
            Wrong("prev is not the hash of the line before: that line was edited, or lines are missing");
        if (envelope.Seq != _seq + 1)
            Wrong($"seq is {envelope.Seq} where {_seq + 1} is due");
        if (envelope.RunId != _first.RunId || envelope.TaskId != _first.TaskId)
            Wrong($"belongs to task {envelope.TaskId} of run {envelope.RunId}, and line 1 to another");
        if (envelope.Attempt == _ended?.Attempt)
            Wrong("follows the result, which is the last line");
        if (line.Event is TaskEnded)
            _ended = envelope;
        foreach (var blob in BlobsOf(line.Event))
        {
            if (_blobs.Add(blob))
                CheckBlob(blob);
        }
    }

    private static IEnumerable<string> BlobsOf(RunEvent? runEvent) =>
        runEvent switch
        {
            ToolAnswered { Blob: { } blob } => [blob],
            MessageAdded message => message
                .Content.SelectMany<ContentBlock, ContentBlock>(block =>
                    block is ToolResultBlock result ? result.Media : [block]
                )
                .OfType<MediaBlock>()
                .Select(media => media.Blob)
                .OfType<string>(),
            _ => [],
        };

    private void CheckBlob(string name)
    {
        if (name.Length != SHA256.HashSizeInBytes * 2 || !name.All(char.IsAsciiHexDigitLower))
        {
            Wrong($"{name} is no name of a blob");
            return;
        }
        var path = Path.Combine(Path.GetDirectoryName(_path)!, "blobs", name);
        if (!File.Exists(path))
        {
            Wrong($"blobs/{name} is not there");
            return;
        }
        using var content = File.OpenRead(path);
        if (Convert.ToHexStringLower(SHA256.HashData(content)) != name)
            Wrong($"blobs/{name} does not hold what its name says: it was edited");
    }

    private void Wrong(string message)
    {
        if (_errors.Count < MostErrors)
            _errors.Add(new UserError(_path, _line, null, message));
        if (_errors.Count == MostErrors)
            _errors.Add(new UserError(_path, null, null, $"has more mistakes; these are the first {MostErrors}"));
    }

    private IEnumerable<string> Notes(int tornBytes)
    {
        if (tornBytes > 0)
            yield return $"line {_line + 1} is torn after {tornBytes} bytes: the run was killed in it, or is at it";
        if (_ended is null)
            yield return "no result: the run was killed, or has not ended";
        foreach (var type in _unknownTypes)
            yield return $"`{type}` is a type that this version does not know";
    }
}
