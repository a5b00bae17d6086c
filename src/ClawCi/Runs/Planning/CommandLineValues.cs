namespace ClawCi.Runs.Planning;

/// <summary>Values that flags set over a task's own; null where no flag was given.</summary>
internal sealed record CommandLineValues
{
    /// <summary><c>--model</c>. A script's path is relative to the current directory.</summary>
    public string? Model { get; init; }

    /// <summary><c>--max-turns</c>, for each task.</summary>
    public int? MaxTurns { get; init; }

    /// <summary><c>--max-cost-usd</c>, for the whole run.</summary>
    public decimal? MaxCostUsd { get; init; }

    /// <summary><c>--timeout</c>, for the whole run.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary><c>--apply</c>.</summary>
    public ApplyMode? Apply { get; init; }

    /// <summary><c>--sandbox</c>.</summary>
    public string? Sandbox { get; init; }

    /// <summary><c>--reports</c>: those that are made on request.</summary>
    public IReadOnlyList<ReportKind> Reports { get; init; } = [];

    /// <summary><c>--workers</c>: tasks at once.</summary>
    public int? Workers { get; init; }

    /// <summary><c>--max-failures</c>.</summary>
    public int? MaxFailures { get; init; }
}
