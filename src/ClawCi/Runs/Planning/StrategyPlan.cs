namespace ClawCi.Runs.Planning;

/// <summary>How the tasks of one file run beside each other.</summary>
/// <param name="File">Which of the request's files it is, from 0.</param>
/// <param name="MaxParallel">Null is no bound of the file's own.</param>
internal sealed record StrategyPlan(int File, int? MaxParallel = null, bool FailFast = false)
{
    public static StrategyPlan Of(TaskVariant variant, int file, Origins origins)
    {
        var document = variant.Source.Document;
        foreach (var (name, value) in variant.Matrix)
            origins.Add($"matrix.{name}", value, document.SourceOf("strategy", "matrix", name));
        if (document.Value.Strategy is not { } section)
            return new(file);
        string Source(string key, bool isGiven) => isGiven ? document.SourceOf("strategy", key) : Origins.BuiltIn;
        var plan = new StrategyPlan(file, section.MaxParallel, section.FailFast ?? false);
        origins.Add(
            "strategy.max-parallel",
            plan.MaxParallel is { } most ? $"{most}" : "as many as --workers",
            Source("max-parallel", section.MaxParallel is not null)
        );
        origins.Add(
            "strategy.fail-fast",
            plan.FailFast ? "true" : "false",
            Source("fail-fast", section.FailFast is not null)
        );
        return plan;
    }
}
