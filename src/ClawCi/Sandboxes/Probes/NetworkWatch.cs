namespace ClawCi.Sandboxes.Probes;

/// <summary>Attempts to reach somebody on the runner's machine, who is really there.</summary>
internal static class NetworkWatch
{
    public static async Task<ProbeFinding> HostPortAsync(ProbeGround ground, CancellationToken ct)
    {
        using var listener = new HostListener(ground.Name);
        return Seen(listener, await (await ground.AgentAsync()).ProbeAsync(["connect", .. listener.Endpoints], ct));
    }

    public static async Task<ProbeFinding> AbstractSocketAsync(ProbeGround ground, CancellationToken ct)
    {
        using var listener = new HostListener(ground.Name);
        return Seen(listener, await (await ground.AgentAsync()).ProbeAsync(["connect-abstract", ground.Name], ct));
    }

    private static ProbeFinding Seen(HostListener listener, ProbeFinding finding) =>
        listener.WasReached ? ProbeFinding.Broken("somebody connected") : finding;
}
