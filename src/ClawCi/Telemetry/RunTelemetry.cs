using System.Diagnostics;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Sessions;

namespace ClawCi.Telemetry;

/// <summary>
/// A task's events as spans: one of the task, and below it one for each reply, tool call, sandbox, setup step and check,
/// under the names of OpenTelemetry's conventions for generative AI. No span holds what anybody wrote: no prompt, no
/// command, no output, no message.
/// </summary>
/// <param name="parent">What the run is part of, from TRACEPARENT.</param>
/// <param name="run">Whose source and meter this one uses; null makes them.</param>
internal sealed class RunTelemetry(
    string runId,
    ActivityContext parent,
    SecretMasker masker,
    TimeProvider time,
    RunTelemetry? run = null
) : IRunObserver, IDisposable
{
    /// <summary>Of the source of spans, and of the meter.</summary>
    public const string Name = "claw-ci";

    private const int LongestName = 128;

    private readonly ActivitySource _source = run?._source ?? new(Name);
    private readonly RunMetrics _metrics = run?._metrics ?? new();
    private readonly Dictionary<string, string> _denials = [];
    private Activity? _task;
    private ModelName _model = new("");
    private string _conversation = "";

    public void On(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case RunStarted started:
                Begin(started);
                break;
            case SandboxStarted sandbox:
                Add($"sandbox {sandbox.Purpose}", ActivityKind.Internal, sandbox.DurationMs);
                break;
            case SetupRan setup:
                Add(
                    "setup",
                    ActivityKind.Internal,
                    setup.DurationMs,
                    setup.ExitCode == 0 ? null : "setup-failed",
                    ("claw_ci.exit_code", setup.ExitCode)
                );
                break;
            case MessageAdded { Role: Role.Assistant } reply:
                Reply(reply);
                break;
            case PolicyDecided { Decision: "deny" } denial:
                _denials[denial.ToolUseId] = denial.RuleId ?? denial.Source;
                break;
            case ToolAnswered answer:
                Tool(answer);
                break;
            case CheckRan check:
                Add(
                    $"check {Named(check.Id)}",
                    ActivityKind.Internal,
                    check.DurationMs,
                    check.Outcome == "pass" ? null : check.Outcome,
                    ("claw_ci.check.id", Named(check.Id)),
                    ("claw_ci.check.round", check.Round),
                    ("claw_ci.check.outcome", check.Outcome),
                    ("claw_ci.exit_code", check.ExitCode)
                );
                break;
            case McpServerEvent server:
                Server(server);
                break;
            case Compacted compacted:
                Compaction(compacted);
                break;
            case ApiRetried retry:
                Note("api_retry", ("error.type", retry.Reason), ("http.response.status_code", retry.Status));
                break;
            case Resumed resumed:
                Note("resumed", ("claw_ci.keeps_layers", resumed.KeepsLayers));
                break;
            case RoundStarted round:
                Note("round", ("claw_ci.round", round.Round));
                break;
            case TaskEnded ended:
                End(ended);
                break;
        }
    }

    /// <summary>For one of several tasks that run at once.</summary>
    public RunTelemetry OfTask() => new(runId, parent, masker, time, this);

    public void Dispose()
    {
        _task?.Dispose();
        if (run is not null)
            return;
        _source.Dispose();
        _metrics.Dispose();
    }

    private void Begin(RunStarted started)
    {
        _model = new ModelName(started.Model);
        _conversation = started.SessionId;
        _denials.Clear();
        var current = Activity.Current;
        _task = _source.StartActivity(
            $"invoke_agent {Named(started.Name)}",
            ActivityKind.Internal,
            parent,
            startTime: time.GetUtcNow()
        );
        // What is current goes out with every HTTP request of this process: not with ours to a provider.
        Activity.Current = current;
        Set(
            _task,
            ("gen_ai.operation.name", "invoke_agent"),
            ("gen_ai.agent.name", Named(started.Name)),
            ("gen_ai.provider.name", _model.Provider),
            ("gen_ai.request.model", Named(_model.Id)),
            ("gen_ai.conversation.id", _conversation),
            ("claw_ci.run.id", runId)
        );
    }

    private void Reply(MessageAdded reply)
    {
        var usage = reply.Usage ?? new Usage();
        var model = Named(reply.Model ?? _model.Id);
        Add(
            $"chat {model}",
            ActivityKind.Client,
            reply.DurationMs ?? 0,
            null,
            ("gen_ai.operation.name", "chat"),
            ("gen_ai.provider.name", _model.Provider),
            ("gen_ai.request.model", Named(_model.Id)),
            ("gen_ai.response.model", model),
            ("gen_ai.conversation.id", _conversation),
            ("gen_ai.response.finish_reasons", reply.StopReason is { } reason ? new[] { Named(reason) } : null),
            ("gen_ai.usage.input_tokens", RunMetrics.Input(usage)),
            ("gen_ai.usage.output_tokens", usage.OutputTokens),
            ("gen_ai.usage.cache_read.input_tokens", usage.CacheReadInputTokens),
            ("gen_ai.usage.cache_creation.input_tokens", usage.CacheCreationInputTokens)
        );
        _metrics.Reply(_model, model, usage, reply.DurationMs ?? 0);
    }

    private void Tool(ToolAnswered answer)
    {
        var denied = _denials.Remove(answer.ToolUseId, out var rule);
        Add(
            $"execute_tool {Named(answer.Tool)}",
            ActivityKind.Internal,
            answer.DurationMs,
            denied ? "denied"
                : answer.End is "timeout" or "oom" or "signal" or "spawn-error" ? answer.End
                : answer.IsError ? "error"
                : null,
            ("gen_ai.operation.name", "execute_tool"),
            ("gen_ai.tool.name", Named(answer.Tool)),
            ("gen_ai.tool.call.id", Named(answer.ToolUseId)),
            ("gen_ai.tool.type", "function"),
            ("claw_ci.exit_code", answer.ExitCode),
            ("claw_ci.policy.rule", rule is null ? null : Named(rule))
        );
    }

    private void Server(McpServerEvent server)
    {
        var name = Named(server.Server);
        if (server.State is "restarted" or "tools-changed")
            Note($"mcp_server {server.State}", ("claw_ci.mcp_server", name));
        else
            Add(
                $"mcp_server {name}",
                ActivityKind.Client,
                server.DurationMs ?? 0,
                server.State == "ready" ? null : server.State,
                ("claw_ci.mcp_server", name),
                ("claw_ci.mcp_server.tools", server.Tools.Count)
            );
    }

    private void Compaction(Compacted compacted)
    {
        Add(
            "compaction",
            ActivityKind.Internal,
            compacted.DurationMs,
            null,
            ("claw_ci.compaction.trigger", compacted.Trigger),
            ("claw_ci.compaction.tokens_before", compacted.TokensBefore),
            ("claw_ci.compaction.tokens_after", compacted.TokensAfter),
            ("claw_ci.compaction.pruned", compacted.Pruned.Count)
        );
        if (compacted.Usage is { } usage)
            _metrics.Reply(_model, Named(_model.Id), usage, compacted.DurationMs);
    }

    private void End(TaskEnded ended)
    {
        _metrics.Task(ended);
        Set(
            _task,
            ("gen_ai.usage.input_tokens", RunMetrics.Input(ended.Usage)),
            ("gen_ai.usage.output_tokens", ended.Usage.OutputTokens),
            ("claw_ci.outcome", ended.Outcome),
            ("claw_ci.reason", ended.Reason),
            ("claw_ci.exit_code", ended.ExitCode),
            ("claw_ci.turns", ended.NumTurns),
            ("claw_ci.cost_usd", ended.TotalCostUsd is { } cost ? (double)cost : null)
        );
        Fail(_task, ended.IsError ? ended.Reason : null);
        var end = time.GetUtcNow().UtcDateTime;
        // The first event comes when the sandbox is there; the task began before.
        _task?.SetStartTime(end.AddMilliseconds(-ended.DurationMs));
        _task?.SetEndTime(end);
        _task?.Dispose();
        _task = null;
    }

    /// <summary>A span that is over.</summary>
    private void Add(
        string name,
        ActivityKind kind,
        long durationMs,
        string? error = null,
        params ReadOnlySpan<(string Key, object? Value)> attributes
    )
    {
        if (_task is null)
            return;
        var end = time.GetUtcNow();
        using var span = _source.StartActivity(
            name,
            kind,
            _task.Context,
            startTime: end - TimeSpan.FromMilliseconds(durationMs)
        );
        Set(span, attributes);
        Fail(span, error);
        span?.SetEndTime(end.UtcDateTime);
    }

    /// <summary>A moment of the task.</summary>
    private void Note(string name, params IReadOnlyList<(string Key, object? Value)> attributes) =>
        _task?.AddEvent(
            new(
                name,
                time.GetUtcNow(),
                [.. attributes.Select(each => new KeyValuePair<string, object?>(each.Key, each.Value))]
            )
        );

    private static void Set(Activity? span, params ReadOnlySpan<(string Key, object? Value)> attributes)
    {
        foreach (var (key, value) in attributes)
            span?.SetTag(key, value);
    }

    private static void Fail(Activity? span, string? error)
    {
        if (error is null)
            return;
        span?.SetTag("error.type", error);
        span?.SetStatus(ActivityStatusCode.Error);
    }

    /// <summary>Some names are words of the model's.</summary>
    private string Named(string name)
    {
        var masked = VisibleText.Line(masker.Apply(name).Text);
        return masked.Length <= LongestName ? masked : masked[..LongestName];
    }
}
