namespace ClawCi.Sandboxes.Probes;

/// <summary>One attack that a sandbox must withstand.</summary>
/// <param name="Id">Stable: <c>group/name</c>. docs/guides/isolation.md names each.</param>
/// <param name="Tries">What it tries, in words that follow "it tries to".</param>
/// <param name="RunAsync">Makes the attempt for real. What it throws is an attempt that could not be made.</param>
internal sealed record Probe(string Id, string Tries, Func<ProbeGround, CancellationToken, Task<ProbeFinding>> RunAsync)
{
    public string Group => Id[..Id.IndexOf('/', StringComparison.Ordinal)];
}
