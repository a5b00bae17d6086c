using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Sessions;

namespace ClawCi.Artifacts.HtmlReport;

/// <summary>Where a task's time and money went, from one pass over its transcript.</summary>
internal sealed class Timeline
{
    private const int MostLongest = 5;
    private const int MostTools = 20;

    private readonly List<(long Start, long End)> _waits = [];
    private readonly Dictionary<string, ToolTime> _tools = new(StringComparer.Ordinal);
    private readonly PriorityQueue<Stretch, long> _longest = new();
    private readonly Dictionary<string, string> _calls = [];
    private int _turn;

    /// <param name="totalMs">The task's time.</param>
    /// <param name="resolution">Into how many parts time is divided; what lies closer together is one bar.</param>
    public Timeline(long totalMs, int resolution)
    {
        TotalMs = Math.Max(totalMs, 1);
        var gap = TotalMs / resolution;
        Cost = new CostCurve(gap);
        (Setup, Model, Waiting, Tools, Checks, Compaction) = (
            new(gap),
            new(gap),
            new(gap),
            new(gap),
            new(gap),
            new(gap)
        );
    }

    public long TotalMs { get; }
    public Lane Setup { get; }
    public Lane Model { get; }
    public Lane Waiting { get; }
    public Lane Tools { get; }
    public Lane Checks { get; }
    public Lane Compaction { get; }
    public CostCurve Cost { get; }

    /// <summary>The longest first.</summary>
    public IEnumerable<ToolTime> ByTool =>
        _tools.Values.OrderByDescending(tool => tool.Ms).ThenBy(tool => tool.Name, StringComparer.Ordinal);

    /// <summary>The longest first.</summary>
    public IEnumerable<Stretch> Longest =>
        _longest
            .UnorderedItems.Select(item => item.Element)
            .OrderByDescending(stretch => stretch.Ms)
            .ThenBy(stretch => stretch.StartMs);

    public void Add(TranscriptLine line)
    {
        var now = line.Envelope.ElapsedMs;
        switch (line.Event)
        {
            case ImagePulled { Done: true } pull:
                Add(Setup, now, pull.DurationMs, "image", pull.Image);
                break;
            case SandboxStarted sandbox:
                Add(Setup, now, sandbox.DurationMs, "sandbox", sandbox.Purpose);
                break;
            case SetupRan setup:
                Add(Setup, now, setup.DurationMs, "setup", setup.Run);
                break;
            case McpServerEvent { DurationMs: { } duration } server:
                Add(Setup, now, duration, "MCP server", server.Server);
                break;
            case ApiRetried retry:
                _waits.Add((now, now + retry.DelayMs));
                Waiting.Add(now, now + retry.DelayMs);
                break;
            case MessageAdded { Role: Role.Assistant } reply:
                _turn = reply.Turn;
                AddReply(now, reply.DurationMs ?? 0);
                break;
            case UsageAdded { TotalCostUsd: { } cost }:
                Cost.Add(now, cost);
                break;
            case ToolCalled call:
                _calls[call.ToolUseId] = ToolSubject.Of(call.Input);
                break;
            case ToolAnswered answer:
                _calls.Remove(answer.ToolUseId, out var subject);
                AddTool(now, answer, subject ?? "");
                break;
            case Compacted compacted:
                Add(Compaction, now, compacted.DurationMs, "compaction", "");
                break;
            case CheckRan check:
                Add(Checks, now, check.DurationMs, $"check {check.Id}", check.Run);
                break;
        }
    }

    /// <summary>A reply's time holds the waits between its attempts; they are drawn, and counted, by themselves.</summary>
    private void AddReply(long now, long duration)
    {
        var from = Math.Max(now - duration, 0);
        foreach (var (start, end) in _waits)
        {
            if (start > from)
                Model.Add(from, Math.Min(start, now));
            from = Math.Max(from, end);
        }
        _waits.Clear();
        if (from < now)
            Model.Add(from, now);
        Note(now, duration, "model", $"turn {_turn}");
    }

    private void AddTool(long now, ToolAnswered answer, string subject)
    {
        // The model makes up names too.
        var name = _tools.Count < MostTools || _tools.ContainsKey(answer.Tool) ? answer.Tool : "others";
        if (!_tools.TryGetValue(name, out var tool))
            _tools[name] = tool = new ToolTime(name);
        tool.Calls++;
        tool.Failed += answer.IsError ? 1 : 0;
        tool.Ms += answer.DurationMs;
        Add(Tools, now, answer.DurationMs, answer.Tool, subject);
    }

    private void Add(Lane lane, long now, long duration, string what, string subject)
    {
        lane.Add(Math.Max(now - duration, 0), now);
        Note(now, duration, what, subject);
    }

    private void Note(long now, long duration, string what, string subject)
    {
        if (_longest.Count == MostLongest && duration <= _longest.Peek().Ms)
            return;
        _longest.Enqueue(new Stretch(what, subject, Math.Max(now - duration, 0), duration), duration);
        if (_longest.Count > MostLongest)
            _longest.Dequeue();
    }
}

/// <summary>Something that took its time.</summary>
internal sealed record Stretch(string What, string Subject, long StartMs, long Ms);

/// <summary>What all calls of one tool took.</summary>
internal sealed record ToolTime(string Name)
{
    public int Calls { get; set; }
    public int Failed { get; set; }
    public long Ms { get; set; }
}
