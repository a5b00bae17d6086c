namespace ClawCi.Sandboxes.Probes;

/// <summary>A probe and what it found.</summary>
internal sealed record ProbeResult(Probe Probe, ProbeFinding Finding)
{
    public bool Holds => Finding.Verdict == ProbeVerdict.Holds;
}
