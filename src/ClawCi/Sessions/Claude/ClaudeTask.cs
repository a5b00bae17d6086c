using ClawCi.Events;
using ClawCi.Messages;

namespace ClawCi.Sessions.Claude;

/// <summary>What later lines of a task's stream repeat of earlier ones.</summary>
internal sealed class ClaudeTask
{
    public string SessionId { get; private set; } = "";

    public string Model { get; private set; } = "";

    /// <summary>Of the last reply; null before there is one.</summary>
    public string? StopReason { get; private set; }

    public void Note(TranscriptLine line)
    {
        if (SessionId.Length == 0)
            SessionId = line.Envelope.RunId;
        switch (line.Event)
        {
            case RunStarted started:
                (SessionId, Model) = (started.SessionId, started.Model);
                break;
            case MessageAdded { Role: Role.Assistant } reply:
                StopReason = reply.StopReason;
                break;
        }
    }
}
