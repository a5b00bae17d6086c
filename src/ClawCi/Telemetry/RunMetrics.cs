using System.Diagnostics;
using System.Diagnostics.Metrics;
using ClawCi.Events;
using ClawCi.Messages;

namespace ClawCi.Telemetry;

/// <summary>What is counted of runs: OpenTelemetry's two metrics of models' clients, tasks by outcome, and cost.</summary>
internal sealed class RunMetrics : IDisposable
{
    private readonly Meter _meter = new(RunTelemetry.Name);
    private readonly Histogram<long> _tokens;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _tasks;
    private readonly Counter<double> _cost;

    public RunMetrics()
    {
        _tokens = _meter.CreateHistogram<long>("gen_ai.client.token.usage", "{token}");
        _duration = _meter.CreateHistogram<double>("gen_ai.client.operation.duration", "s");
        _tasks = _meter.CreateCounter<long>("claw_ci.tasks", "{task}");
        _cost = _meter.CreateCounter<double>("claw_ci.cost", "USD");
    }

    /// <summary>All tokens that a request held, from the cache or not.</summary>
    public static long Input(Usage usage) =>
        usage.InputTokens + usage.CacheCreationInputTokens + usage.CacheReadInputTokens;

    public void Reply(ModelName model, string answered, Usage usage, long durationMs)
    {
        var tags = new TagList
        {
            { "gen_ai.operation.name", "chat" },
            { "gen_ai.provider.name", model.Provider },
            { "gen_ai.request.model", model.Id },
            { "gen_ai.response.model", answered },
        };
        _duration.Record(durationMs / 1000.0, tags);
        _tokens.Record(Input(usage), [.. tags, new("gen_ai.token.type", "input")]);
        _tokens.Record(usage.OutputTokens, [.. tags, new("gen_ai.token.type", "output")]);
    }

    public void Task(TaskEnded ended)
    {
        var outcome = new KeyValuePair<string, object?>("claw_ci.outcome", ended.Outcome);
        _tasks.Add(1, outcome);
        if (ended.TotalCostUsd is { } cost)
            _cost.Add((double)cost, outcome);
    }

    public void Dispose() => _meter.Dispose();
}
