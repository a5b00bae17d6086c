using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Sessions;

namespace ClawCi.Artifacts.HtmlReport;

/// <summary>What happened in a task, folded into what a reader wants to see one after the other.</summary>
internal static class Story
{
    /// <summary>Lazily: no more of it is in memory than from one reply of the main conversation to the next.</summary>
    public static IEnumerable<Moment> Of(IEnumerable<TranscriptLine> lines)
    {
        // In the order in which they began. Subagents speak between a turn of the agent above them and its end.
        var open = new List<Moment>();
        var calls = new Dictionary<(string AgentId, string ToolUseId), Call>();
        foreach (var line in lines)
        {
            var agent = line.Envelope.AgentId;
            switch (line.Event)
            {
                case MessageAdded { Role: Role.Assistant } reply:
                    if (agent == RunEvent.Main)
                    {
                        // The answers to the calls of its turn before are in.
                        foreach (var moment in open)
                            yield return moment;
                        open.Clear();
                        calls.Clear();
                    }
                    var turn = new Turn(reply, line.Envelope.ElapsedMs);
                    foreach (var use in reply.Content.OfType<ToolUseBlock>())
                        turn.Calls.Add(calls[(agent, use.Id)] = new Call(use));
                    open.Add(turn);
                    break;
                case MessageAdded message:
                    foreach (var result in message.Content.OfType<ToolResultBlock>())
                        Find(result.ToolUseId).Result = result;
                    open.AddRange(
                        message.Content.OfType<TextBlock>().Select(text => new Told(text.Text, message.AgentId))
                    );
                    break;
                case PolicyDecided decision:
                    Find(decision.ToolUseId).Decision = decision;
                    break;
                case ToolAnswered answer:
                    Find(answer.ToolUseId).Answer = answer;
                    break;
                case CheckRan check:
                    open.Add(new Checked(check));
                    break;
                case NetworkUsed { Decision: "allow" }:
                    break;
                case NetworkUsed
                or TodosWritten
                or ApiRetried
                or Compacted
                or LimitReached
                or Warned
                or Failed
                or SetupRan
                or McpServerEvent
                or Resumed
                or RoundStarted { Round: > 1 }:
                    open.Add(new Noted(line.Event));
                    break;
            }

            // An answer to nothing that was asked, which no run writes, is kept where nobody looks.
            Call Find(string id) =>
                calls.TryGetValue((agent, id), out var call) ? call : new Call(new ToolUseBlock(id, "", default));
        }
        foreach (var moment in open)
            yield return moment;
    }
}

internal abstract record Moment;

/// <summary>One reply of the model and the calls it asked for.</summary>
internal sealed record Turn(MessageAdded Reply, long ElapsedMs) : Moment
{
    public List<Call> Calls { get; } = [];

    public string Text => new Message(Reply.Role, Reply.Content).Text;
}

/// <summary>Something that the model was told: the task, or which checks are red.</summary>
internal sealed record Told(string Text, string AgentId) : Moment;

internal sealed record Checked(CheckRan Check) : Moment;

internal sealed record Noted(RunEvent What) : Moment;

/// <summary>A tool use with what became of it; what is null did not happen any more.</summary>
internal sealed record Call(ToolUseBlock Use)
{
    public PolicyDecided? Decision { get; set; }
    public ToolAnswered? Answer { get; set; }
    public ToolResultBlock? Result { get; set; }

    public bool IsDenied => Decision?.Decision == "deny";
}
