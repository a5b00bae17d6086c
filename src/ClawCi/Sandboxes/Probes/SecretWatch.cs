namespace ClawCi.Sandboxes.Probes;

/// <summary>Git's credentials: not in the sandbox, and known to the runner.</summary>
internal static class SecretWatch
{
    public static IReadOnlyList<string> GitConfig(ProbeGround ground) =>
        ["file", $"{ProbeCheckout.Workspace}/.git/config", ground.Request.Canary, "repositoryformatversion"];

    public static async Task<ProbeFinding> IsMaskedAsync(ProbeGround ground, CancellationToken ct)
    {
        var task = await ground.PrepareAsync();
        return ProbeFinding.That(
            task.Secrets.Any(secret => secret.Contains(ground.Request.Canary, StringComparison.Ordinal)),
            "the runner knows it and masks it",
            "the runner does not know it"
        );
    }
}
