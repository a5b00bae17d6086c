using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using ClawCi.Events;
using ClawCi.Messages;

namespace ClawCi.Sessions.Claude;

/// <summary>
/// From the lines of transcripts to those that consumers of <c>claude -p --output-format stream-json</c> read: the
/// types of the npm package <c>@anthropic-ai/claude-agent-sdk</c>, with <c>task_id</c> on each line and our own fields
/// in the result. The same transcript makes the same lines, live or later.
/// </summary>
/// <param name="write">Gets one line at a time, with its line feed.</param>
internal sealed class ClaudeStream(Action<ReadOnlySpan<byte>> write)
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Dictionary<string, ClaudeTask> _tasks = [];
    private int _results;

    /// <param name="line">With its line feed.</param>
    public void Add(ReadOnlySpan<byte> line) => Add(TranscriptReader.Parse(line.TrimEnd((byte)'\n')));

    /// <summary>One line of a transcript. Those of several tasks may come mixed.</summary>
    public void Add(TranscriptLine read)
    {
        var id = read.Envelope.TaskId;
        if (!_tasks.TryGetValue(id, out var task))
            _tasks[id] = task = new();
        task.Note(read);
        _buffer.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(_buffer, Relaxed))
        {
            writer.WriteStartObject();
            if (!Write(writer, read, task))
                return;
            writer.WriteString("session_id", task.SessionId);
            writer.WriteString("uuid", Uuid(read.Hash));
            writer.WriteString("task_id", id);
            writer.WriteEndObject();
        }
        _buffer.Write("\n"u8);
        write(_buffer.WrittenSpan);
    }

    /// <returns>False for an event of which these consumers know nothing.</returns>
    private bool Write(Utf8JsonWriter writer, TranscriptLine line, ClaudeTask task)
    {
        switch (line.Event)
        {
            case RunStarted started:
                ClaudeSystem.Init(writer, started);
                return true;
            case MessageAdded { Role: Role.Assistant } reply:
                ClaudeMessages.Assistant(writer, reply, task, line.Hash);
                return true;
            // The task's own text is not repeated to who gave it.
            case MessageAdded { Role: Role.User, Turn: > 0 } message:
                ClaudeMessages.User(writer, message, task);
                return true;
            case PolicyDecided { Decision: "deny" } denial:
                ClaudeSystem.PermissionDenied(writer, denial);
                return true;
            case ApiRetried retry:
                ClaudeSystem.ApiRetry(writer, retry);
                return true;
            case Compacted compacted:
                ClaudeSystem.CompactBoundary(writer, compacted);
                return true;
            case Warned warned:
                ClaudeSystem.Informational(writer, warned.Message);
                return true;
            case Failed failed:
                ClaudeSystem.Informational(writer, failed.Message);
                return true;
            case TaskEnded ended:
                ClaudeResult.Write(writer, ended, task.StopReason, _results++);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Of the line that it was made from: version 8, which is free for such use (RFC 9562).</summary>
    private static string Uuid(string hash)
    {
        var bytes = Convert.FromHexString(hash.AsSpan(0, 32));
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }
}
