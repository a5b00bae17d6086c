using ClawCi.Configuration;
using ClawCi.Permissions;
using ClawCi.Runs.Settings;

namespace ClawCi.Runs.Planning;

/// <summary>Resolves <see cref="TaskLimits"/>: built-in, then settings, the task and the command line, under the policies' ceilings.</summary>
internal sealed class LimitsPlan(
    TaskSource task,
    SettingsSource? settings,
    IReadOnlyList<Policy> policies,
    Origins origins
)
{
    public TaskLimits Resolve(int? maxTurns) =>
        new(
            origins.Add("limits.max-turns", Limit("max-turns", 100, limits => limits.MaxTurns, maxTurns))!.Value,
            origins.Add("limits.max-tool-calls", Limit("max-tool-calls", 500, limits => limits.MaxToolCalls))!.Value,
            origins.Add(
                "limits.max-output-tokens",
                Limit<long>("max-output-tokens", null, limits => limits.MaxOutputTokens)
            ),
            origins.Add("limits.max-cost-usd", Limit<decimal>("max-cost-usd", null, limits => limits.MaxCostUsd)),
            Time("timeout", TimeSpan.FromHours(1), limits => limits.Timeout),
            Time("idle-timeout", TimeSpan.FromMinutes(10), limits => limits.IdleTimeout),
            Time("tool-timeout", TimeSpan.FromMinutes(2), limits => limits.ToolTimeout),
            origins.Add("limits.max-denials", Limit("max-denials", 20, limits => limits.MaxDenials))!.Value
        );

    private TimeSpan Time(string key, TimeSpan builtIn, Func<LimitsSection, Duration?> read) =>
        origins.Add("limits." + key, Limit<TimeSpan>(key, builtIn, limits => read(limits)?.Value))!.Value;

    private Resolved<T> Limit<T>(string key, T? builtIn, Func<LimitsSection, T?> read, T? commandLine = null)
        where T : struct
    {
        var limit = new Resolved<T>(builtIn, Origins.BuiltIn)
            .Then(
                settings?.Document.Value.Limits is { } defaults ? read(defaults) : null,
                () => settings!.Document.SourceOf("limits", key)
            )
            .Then(task.File.Limits is { } limits ? read(limits) : null, () => task.Document.SourceOf("limits", key))
            .Then(commandLine, () => "--" + key);
        foreach (var policy in policies)
        {
            limit = limit.AtMost(
                policy.Document.Value.Limits is { } ceilings ? read(ceilings) : null,
                () => policy.Document.SourceOf("limits", key)
            );
        }
        return limit;
    }
}
