namespace ClawCi.Sandboxes.Probes;

/// <summary>Attempts on the checkout, seen from this side.</summary>
internal static class FileWatch
{
    public static async Task<ProbeFinding> WriteToCheckoutAsync(ProbeGround ground, CancellationToken ct)
    {
        const string text = "not as it was";
        var agent = await ground.AgentAsync();
        foreach (var name in new[] { "file.txt", "new.txt" })
        {
            var written = await agent.ProbeAsync(["overwrite", $"{ProbeCheckout.Workspace}/{name}", text], ct);
            if (written.Verdict != ProbeVerdict.Holds)
                return ProbeFinding.Unknown($"the workspace itself cannot be written to: {written.Detail}");
        }
        return ProbeFinding.That(
            await File.ReadAllTextAsync(ground.Checkout.At("file.txt"), ct) == ProbeCheckout.Original
                && !File.Exists(ground.Checkout.At("new.txt")),
            "written in the sandbox, not here",
            "the checkout has what the sandbox wrote"
        );
    }
}
