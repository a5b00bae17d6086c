namespace ClawCi.Docker.Tests.Verification;

/// <summary>A run in which the model says that all is well and it is not.</summary>
/// <param name="Name">What is wrong.</param>
/// <param name="ExitCode">What the run must end with.</param>
/// <param name="Reason">The stable word.</param>
/// <param name="Replies">Of the script; the last one claims success unless the scenario is about that.</param>
internal sealed record FalseSuccess(string Name, int ExitCode, string Reason, params string[] Replies)
{
    /// <summary>Keys of the task file.</summary>
    public string Task { get; init; } = "verify: { rounds: 1, checks: [{ id: tests, run: sh run-tests }] }";

    public string? Policy { get; init; }

    public override string ToString() => Name;
}
