using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ClawCi.Events;

namespace ClawCi.Sessions;

/// <summary>
/// Appends events to a task's transcript: one JSON object a line, masked, chained by hash and flushed, so that any
/// prefix of the file is a valid transcript.
/// </summary>
/// <param name="mirror">Gets every line as well.</param>
/// <param name="soFar">What the file holds already, when it is gone on with.</param>
/// <param name="attempts">How many attempts there were before the first in this file.</param>
internal sealed class TranscriptWriter(
    Stream file,
    string runId,
    string taskId,
    SecretMasker masker,
    TimeProvider time,
    Action<ReadOnlySpan<byte>>? mirror = null,
    Progress? soFar = null,
    int attempts = 0
) : IRunObserver, IDisposable
{
    private readonly long _start = time.GetTimestamp();
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly int _attempt = (soFar?.Last?.Envelope.Attempt ?? attempts) + 1;
    private long _seq = soFar?.Last?.Envelope.Seq ?? 0;

    private bool _failed;
    private bool _ended;

    /// <summary>
    /// Raised once, when the disk is full or the directory gone. After that only the result is still tried: a gap
    /// in the middle would look like the truth.
    /// </summary>
    public event Action<IOException>? Failed;

    /// <summary>Hash of the last line: printed in log and result, so that an edit shows.</summary>
    public string LastHash { get; private set; } = soFar?.Last?.Hash ?? TranscriptEnvelope.FirstPrev;

    /// <summary>How many secrets were replaced so far.</summary>
    public int Redactions { get; private set; } = soFar?.Redactions ?? 0;

    public void On(RunEvent runEvent)
    {
        // One may be under way when the task ends: nothing follows the result.
        if (_ended && runEvent is Heartbeat)
            return;
        if (_failed && runEvent is not TaskEnded)
            return;
        if (runEvent is TaskEnded ended)
            End(ended);
        else
            Redacted(Append(runEvent), runEvent.AgentId);
    }

    /// <summary>The result is the last line: what is masked in it is said before, and counted in it.</summary>
    private void End(TaskEnded ended)
    {
        _ended = true;
        Redacted(Masked(ended).Secrets, ended.AgentId);
        Append(ended with { Redactions = Redactions });
    }

    private void Redacted(IReadOnlyList<FoundSecret> secrets, string agentId)
    {
        if (secrets.Count == 0)
            return;
        Redactions += secrets.Count;
        Append(
            new SecretsRedacted(
                secrets.Count,
                new SortedDictionary<string, int>(
                    secrets.CountBy(secret => secret.Kind).ToDictionary(),
                    StringComparer.Ordinal
                )
            )
            {
                AgentId = agentId,
            }
        );
    }

    private MaskedText Masked(RunEvent runEvent) =>
        MaskedJson.Apply(JsonSerializer.Serialize(runEvent, EventJson.Line.RunEvent), masker);

    public void Dispose() => file.Dispose();

    private IReadOnlyList<FoundSecret> Append(RunEvent runEvent)
    {
        var envelope = new TranscriptEnvelope(
            TranscriptEnvelope.CurrentSchema,
            _seq + 1,
            Milliseconds(time.GetUtcNow()),
            (soFar?.ElapsedMs ?? 0) + (long)time.GetElapsedTime(_start).TotalMilliseconds,
            runId,
            taskId,
            _attempt,
            runEvent.AgentId,
            LastHash
        );
        var head = JsonSerializer.Serialize(envelope, TranscriptJson.Default.TranscriptEnvelope);
        var (body, secrets) = Masked(runEvent);
        _buffer.ResetWrittenCount();
        Encoding.UTF8.GetBytes(head.AsSpan(0, head.Length - 1), _buffer);
        _buffer.Write(","u8);
        Encoding.UTF8.GetBytes(body.AsSpan(1), _buffer);
        var hash = Convert.ToHexStringLower(SHA256.HashData(_buffer.WrittenSpan));
        _buffer.Write("\n"u8);
        if (!Write(_buffer.WrittenSpan))
            return [];
        _seq++;
        LastHash = hash;
        return secrets;
    }

    private bool Write(ReadOnlySpan<byte> line)
    {
        var before = file.Position;
        try
        {
            file.Write(line);
            file.Flush();
        }
        catch (IOException e)
        {
            file.SetLength(before);
            file.Position = before;
            if (!_failed)
            {
                _failed = true;
                Failed?.Invoke(e);
            }
            return false;
        }
        mirror?.Invoke(line);
        return true;
    }

    private static DateTimeOffset Milliseconds(DateTimeOffset now) =>
        new(now.Ticks - (now.Ticks % TimeSpan.TicksPerMillisecond), now.Offset);
}
