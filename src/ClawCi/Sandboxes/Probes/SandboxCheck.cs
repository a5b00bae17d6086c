namespace ClawCi.Sandboxes.Probes;

/// <summary>Makes every attempt against the daemon in use.</summary>
internal static class SandboxCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <param name="onResult">Called as each is known, in the order of <see cref="ProbeCatalog.All"/>.</param>
    /// <exception cref="SandboxException">There can be no sandbox, so that there is nothing to check.</exception>
    public static async Task<IReadOnlyList<ProbeResult>> RunAsync(
        ProbeRequest request,
        Action<ProbeResult> onResult,
        CancellationToken ct
    )
    {
        await using var ground = new ProbeGround(request, ct);
        await ground.AgentAsync();
        var results = new List<ProbeResult>();
        foreach (var probe in ProbeCatalog.All)
        {
            var result = new ProbeResult(probe, await TryAsync(probe, ground, ct));
            results.Add(result);
            onResult(result);
        }
        return results;
    }

    private static async Task<ProbeFinding> TryAsync(Probe probe, ProbeGround ground, CancellationToken ct)
    {
        try
        {
            return await probe.RunAsync(ground, ct).WaitAsync(Patience, ct);
        }
        catch (Exception e)
            when (e
                    is SandboxException
                        or IOException
                        or UnauthorizedAccessException
                        or TimeoutException
                        or Workspaces.PatchException
            )
        {
            return ProbeFinding.Unknown($"it could not be tried: {e.Message}");
        }
    }
}
