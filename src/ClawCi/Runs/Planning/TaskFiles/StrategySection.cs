using System.ComponentModel;
using ClawCi.Configuration;

namespace ClawCi.Runs.Planning.TaskFiles;

/// <summary>The <c>strategy</c> of a task file, in the shape of GitHub Actions.</summary>
internal sealed record StrategySection
{
    [Description(
        "Lists of values by name: the file is one task for each combination. include and exclude add to them and take away, as in GitHub Actions."
    )]
    public MatrixSetting? Matrix { get; init; }

    [Description("How many of the file's tasks run at once. Default: as many as the run's workers.")]
    [Between(1, 256)]
    public int? MaxParallel { get; init; }

    [Description("Whether the file's other tasks are ended when one of them fails. Default false.")]
    public bool? FailFast { get; init; }
}

/// <summary>The <c>retry</c> of a task file.</summary>
internal sealed record RetrySection
{
    [Description("Outcomes after which the task is tried again. Default model-unavailable and sandbox-unavailable.")]
    public IReadOnlyList<RetryWord>? On { get; init; }

    [Description("How often the task is tried altogether. Default 2.")]
    [Between(1, 10)]
    public int? Attempts { get; init; }

    [Description("The wait before the second attempt, doubled before each further one. Default 30s.")]
    public Duration? Backoff { get; init; }
}

/// <summary>Outcomes that another attempt may change.</summary>
internal enum RetryWord
{
    ModelUnavailable,
    SandboxUnavailable,
    SetupFailed,
    TaskFailed,
    NoChanges,
    InvalidOutput,
}
