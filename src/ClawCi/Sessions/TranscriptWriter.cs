using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ClawCi.Events;

namespace ClawCi.Sessions;

/// <summary>
/// Appends events to a task's transcript: one JSON object a line, masked, chained by hash and flushed, so that any
/// prefix of the file is a valid transcript. <see cref="On"/> throws <see cref="IOException"/> when the disk is full
/// or the directory gone; what was written stays a valid prefix.
/// </summary>
internal sealed class TranscriptWriter(Stream file, string runId, string taskId, SecretMasker masker, TimeProvider time)
    : IRunObserver,
        IDisposable
{
    private readonly long _start = time.GetTimestamp();
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private long _seq;

    /// <summary>Hash of the last line: printed in log and result, so that an edit shows.</summary>
    public string LastHash { get; private set; } = TranscriptEnvelope.FirstPrev;

    /// <summary>How many secrets were replaced so far.</summary>
    public int Redactions { get; private set; }

    public void On(RunEvent runEvent)
    {
        var count = Append(runEvent);
        if (count == 0)
            return;
        Redactions += count;
        Append(new SecretsRedacted(count));
    }

    public void Dispose() => file.Dispose();

    private int Append(RunEvent runEvent)
    {
        var envelope = new TranscriptEnvelope(
            TranscriptEnvelope.CurrentSchema,
            _seq + 1,
            Milliseconds(time.GetUtcNow()),
            (long)time.GetElapsedTime(_start).TotalMilliseconds,
            runId,
            taskId,
            Attempt: 1,
            AgentId: "main",
            LastHash
        );
        var head = JsonSerializer.Serialize(envelope, TranscriptJson.Default.TranscriptEnvelope);
        var (body, count) = masker.Apply(JsonSerializer.Serialize(runEvent, EventJson.Line.RunEvent));
        _buffer.ResetWrittenCount();
        Encoding.UTF8.GetBytes(head.AsSpan(0, head.Length - 1), _buffer);
        _buffer.Write(","u8);
        Encoding.UTF8.GetBytes(body.AsSpan(1), _buffer);
        var hash = Convert.ToHexStringLower(SHA256.HashData(_buffer.WrittenSpan));
        _buffer.Write("\n"u8);
        Write(_buffer.WrittenSpan);
        _seq++;
        LastHash = hash;
        return count;
    }

    private void Write(ReadOnlySpan<byte> line)
    {
        var before = file.Position;
        try
        {
            file.Write(line);
            file.Flush();
        }
        catch (IOException)
        {
            file.SetLength(before);
            file.Position = before;
            throw;
        }
    }

    private static DateTimeOffset Milliseconds(DateTimeOffset now) =>
        new(now.Ticks - (now.Ticks % TimeSpan.TicksPerMillisecond), now.Offset);
}
