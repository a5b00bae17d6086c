namespace ClawCi.Runs.Pipelines;

/// <summary>What an engine does about a shard that ended with an exit code (docs/formats/outcomes.md).</summary>
internal static class ShardExits
{
    /// <summary>The model or Docker was away: another try may succeed.</summary>
    public static IReadOnlyList<int> Retried { get; } =
    [Outcome.ModelUnavailable.ExitCode(), Outcome.SandboxUnavailable.ExitCode()];

    /// <summary>The engine itself ended it.</summary>
    public static IReadOnlyList<int> Interrupted { get; } = [Interruption.SigInt, Interruption.SigTerm];

    /// <summary>The same would come of it again, for the same money. In order.</summary>
    public static IReadOnlyList<int> Final { get; } =
    [
        .. Enum.GetValues<Outcome>()
            .Select(outcome => outcome.ExitCode())
            .Concat([Outcomes.UsageErrorExitCode, Outcomes.InvalidInputExitCode, Outcomes.SeveralTasksExitCode])
            .Except([Outcome.Success.ExitCode(), .. Retried, .. Interrupted])
            .Order(),
    ];

    /// <summary>Tries after the first. GitLab takes no more.</summary>
    public const int Retries = 2;

    public static string List(this IEnumerable<int> exits) => string.Join(", ", exits);
}
