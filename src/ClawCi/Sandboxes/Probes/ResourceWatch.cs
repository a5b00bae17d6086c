using System.Globalization;

namespace ClawCi.Sandboxes.Probes;

/// <summary>Attempts to take so much that the taker cannot say what came of it.</summary>
internal static class ResourceWatch
{
    private const int Killed = 128 + 9;
    private const long FloodMiB = 64;
    private const int MostText = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<ProbeFinding> MemoryAsync(ProbeGround ground, CancellationToken ct)
    {
        var narrow = await ground.NarrowAsync();
        const int wanted = 4 * ProbeGround.Narrow.MemoryMiB;
        var answer = await narrow.AskAsync(["memory", $"{wanted}"], Patience, ct);
        var taken = answer
            .Text.Split('\n')
            .Select(line => line.Split(' '))
            .Where(words => words is [_, "MiB"])
            .Select(words => int.Parse(words[0], CultureInfo.InvariantCulture))
            .LastOrDefault();
        if (taken == 0 || answer.ExitCode != Killed)
            return answer.Text.Contains("broken", StringComparison.Ordinal)
                ? ProbeFinding.Broken($"{wanted} MiB were taken")
                : ProbeFinding.Unknown($"exit code {answer.ExitCode} after {taken} MiB");
        var after = await narrow.ProbeAsync(["new-privileges"], ct);
        return after.Verdict != ProbeVerdict.Holds ? ProbeFinding.Broken("the sandbox itself did not survive")
            : taken > ProbeGround.Narrow.MemoryMiB ? ProbeFinding.Broken($"{taken} MiB were taken")
            : ProbeFinding.Holds($"killed after {taken} of {ProbeGround.Narrow.MemoryMiB} MiB, the tool server lives");
    }

    public static async Task<ProbeFinding> DiskAsync(ProbeGround ground, CancellationToken ct)
    {
        const int allowed = 16;
        var spec = ProbeGround.Spec(ground.Request.Image) with { DiskBytes = allowed << 20 };
        var task = await ground.PrepareAsync(spec);
        await using var agent = await task.StartAgentAsync(ct);
        try
        {
            var answer = await agent.AskAsync(
                ["keep", $"{ProbeCheckout.Workspace}/big", $"{2 * allowed}"],
                Patience,
                ct
            );
            return answer.TimedOut
                ? ProbeFinding.Broken($"{2 * allowed} MiB were kept")
                : ProbeFinding.Unknown($"exit code {answer.ExitCode}: {answer.Text}");
        }
        catch (SandboxException e) when (e.Failure == SandboxFailure.DiskLimit)
        {
            return ProbeFinding.Holds($"ended at more than {allowed} MiB");
        }
    }

    public static async Task<ProbeFinding> FloodAsync(ProbeGround ground, CancellationToken ct)
    {
        var answer = await (await ground.AgentAsync()).AskAsync(["flood", $"{FloodMiB}"], Patience, ct);
        return answer.Bytes < FloodMiB << 20
            ? ProbeFinding.Unknown($"only {answer.Bytes} bytes were written")
            : ProbeFinding.That(
                answer.Text.Length < MostText && answer.Truncated,
                $"{FloodMiB} MiB written, {answer.Text.Length >> 10} KiB passed on",
                $"{answer.Text.Length} characters were passed on"
            );
    }
}
