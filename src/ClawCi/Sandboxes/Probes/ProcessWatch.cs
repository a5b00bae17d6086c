namespace ClawCi.Sandboxes.Probes;

/// <summary>Attempts on processes whose effect only the runner can see.</summary>
internal static class ProcessWatch
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task<ProbeFinding> KillFirstAsync(ProbeGround ground, CancellationToken ct)
    {
        var agent = await ground.AgentAsync();
        var killed = await agent.ProbeAsync(["kill-first"], ct);
        var after = await agent.ProbeAsync(["new-privileges"], ct);
        return after.Verdict == ProbeVerdict.Holds
            ? killed
            : ProbeFinding.Broken("the sandbox did not answer as before");
    }

    /// <summary>It is the agent's own user and can be killed; what matters is that nothing is then taken for an answer.</summary>
    public static async Task<ProbeFinding> KillServerAsync(ProbeGround ground, CancellationToken ct)
    {
        await using var agent = await (await ground.PrepareAsync()).StartAgentAsync(ct);
        try
        {
            var answer = await agent.AskAsync(["kill-server"], Patience, ct);
            return ProbeFinding.Broken($"it was answered: {answer.Text.Trim()}");
        }
        catch (SandboxException lost) when (lost.Failure is SandboxFailure.Lost or SandboxFailure.LostToAgent)
        {
            return ProbeFinding.Holds("the sandbox counts as lost");
        }
    }

    public static async Task<ProbeFinding> OutliveAsync(ProbeGround ground, CancellationToken ct)
    {
        var agent = await ground.AgentAsync();
        var answer = await agent.AskAsync(["linger", ground.Name], Moment, ct);
        return answer.TimedOut
            ? await agent.ProbeAsync(["find-process", ground.Name], ct)
            : ProbeFinding.Unknown($"the command did not time out: {answer.Text.Trim()}");
    }
}
