using ClawCi.Events;
using ClawCi.Messages;

namespace ClawCi.Sessions.Claude;

/// <summary>What later lines of a task's stream repeat of earlier ones.</summary>
internal sealed class ClaudeTask
{
    public string SessionId { get; private set; } = "";

    public string Model { get; private set; } = "";

    /// <summary>The tool use that an agent's conversation belongs to; null for the task's own.</summary>
    public string? ParentOf(string agentId) => _parents.GetValueOrDefault(agentId);

    private readonly Dictionary<string, string> _parents = [];

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
            case SubagentStarted subagent:
                _parents[subagent.AgentId] = subagent.ToolUseId;
                break;
            case MessageAdded { Role: Role.Assistant, IsMain: true } reply:
                StopReason = reply.StopReason;
                break;
        }
    }
}
