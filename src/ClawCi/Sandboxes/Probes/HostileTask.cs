using ClawCi.ChangeSets;
using ClawCi.Sandboxes.Workspaces;

namespace ClawCi.Sandboxes.Probes;

/// <summary>What comes out of a task whose agent planted every trap, on the way that a run's changes take.</summary>
internal sealed record HostileTask(TaskSandbox Task, ChangeSet Changes, string Patch, ApplyResult Applied) : IDisposable
{
    public static async Task<HostileTask> RunAsync(ProbeGround ground, CancellationToken ct)
    {
        var checkout = ground.Checkout;
        var task = await ground.PrepareAsync();
        await using (var agent = await task.StartAgentAsync(ct))
        {
            string[] words = ["plant", ProbeCheckout.Workspace, checkout.HostDirectory, checkout.Mark];
            var planted = await agent.ProbeAsync(words, ct);
            if (planted.Verdict != ProbeVerdict.Holds)
                throw new SandboxException(SandboxFailure.Daemon, $"Nothing was planted: {planted.Detail}.");
        }
        var changes = await task.ReadChangesAsync(ct);
        await PatchWriter.WriteAsync(changes, checkout.PatchFile, ct);
        var patch = await File.ReadAllTextAsync(checkout.PatchFile, ct);
        // The layers lie on this checkout: it must not change under them.
        Directory.CreateDirectory(checkout.Delivered);
        Copy(checkout.Checkout, checkout.Delivered);
        return new HostileTask(
            task,
            changes,
            patch,
            await ChangeSetApplier.ApplyAsync(changes, checkout.Delivered, ct)
        );
    }

    public bool Carries(string path) => Changes.Entries.Any(entry => entry.DisplayPath == path);

    public bool CarriesBelow(string name) =>
        Changes.Entries.Any(entry => entry.DisplayPath.Split('/').Contains(name, StringComparer.OrdinalIgnoreCase));

    public SkipReason? Skipped(string path) => Changes.Skipped.FirstOrDefault(skip => skip.DisplayPath == path)?.Reason;

    public void Dispose() => Changes.Dispose();

    private static void Copy(string from, string to)
    {
        foreach (var directory in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, directory)));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }
}
