using ClawCi.ChangeSets;

namespace ClawCi.Sandboxes.Probes;

/// <summary>What comes out of a sandbox in which everything was planted that could harm the one who takes it out.</summary>
internal static class PatchWatch
{
    private const string Honest = "honest/change.txt";
    private const int SpecialBits = 0xE00;

    public static Task<ProbeFinding> GitDirectoryAsync(ProbeGround ground, CancellationToken ct) =>
        JudgeAsync(
            ground,
            task => !task.CarriesBelow(".git") && !File.Exists(Delivered(ground, ".git/hooks/pre-commit")),
            "neither in the patch nor delivered",
            "it is in the patch"
        );

    public static Task<ProbeFinding> GitNamesAsync(ProbeGround ground, CancellationToken ct) =>
        JudgeAsync(
            ground,
            task => ((string[])[".GIT", "git~1", "sub/.git"]).All(path => task.Skipped(path) == SkipReason.GitName),
            ".GIT, git~1 and a nested .git are left out and named",
            "one of .GIT, git~1 and a nested .git is not left out"
        );

    public static Task<ProbeFinding> ProgramsAsync(ProbeGround ground, CancellationToken ct) =>
        JudgeAsync(
            ground,
            task => !File.Exists(ground.Checkout.Mark),
            "filters, fsmonitor, textconv and hooks were not run",
            "a program named in git's configuration was run"
        );

    public static Task<ProbeFinding> SabotageAsync(ProbeGround ground, CancellationToken ct) =>
        JudgeAsync(
            ground,
            task => task.Patch.Contains("\n+what the agent was asked for\n", StringComparison.Ordinal),
            "the change is there byte for byte",
            "the change is not in the patch as it was made"
        );

    public static Task<ProbeFinding> SymlinkAsync(ProbeGround ground, CancellationToken ct) =>
        JudgeAsync(
            ground,
            task =>
                File.ReadAllText(ground.Checkout.HostFile) == ground.Request.Canary
                && new FileInfo(Delivered(ground, "docs")).LinkTarget == ground.Checkout.HostDirectory,
            "the link was delivered as a link, and not followed",
            "what the link points to was touched"
        );

    public static Task<ProbeFinding> SetuidAsync(ProbeGround ground, CancellationToken ct) =>
        JudgeAsync(
            ground,
            task =>
                ((int)File.GetUnixFileMode(Delivered(ground, "bits/setuid")) & SpecialBits) == 0
                && task.Skipped("bits/setuid") == SkipReason.SpecialMode,
            "delivered without the bit",
            "it was delivered with the bit"
        );

    public static Task<ProbeFinding> SpecialAsync(ProbeGround ground, CancellationToken ct) =>
        JudgeAsync(
            ground,
            task => !task.Carries("bits/fifo") && task.Skipped("bits/fifo") == SkipReason.SpecialFile,
            "left out and named",
            "it is in the patch"
        );

    public static Task<ProbeFinding> HiddenAsync(ProbeGround ground, CancellationToken ct) =>
        JudgeAsync(ground, task => task.Carries("hidden.txt"), "it is in the patch", "it is not in the patch");

    public static async Task<ProbeFinding> ChecksAsync(ProbeGround ground, CancellationToken ct)
    {
        var hostile = await ground.HostileAsync();
        await using var checks = await hostile.Task.StartChecksAsync(hostile.Changes, ct);
        return await checks.ProbeAsync(["left", ProbeCheckout.Workspace], ct);
    }

    /// <summary>Only when the honest change came through is the absence of the others a finding.</summary>
    private static async Task<ProbeFinding> JudgeAsync(
        ProbeGround ground,
        Func<HostileTask, bool> holds,
        string detail,
        string otherwise
    )
    {
        var hostile = await ground.HostileAsync();
        return
            !hostile.Carries(Honest)
            || hostile.Applied is not ApplyResult.Applied
            || !File.Exists(Delivered(ground, Honest))
            ? ProbeFinding.Unknown($"the honest change did not come through: {hostile.Applied}")
            : ProbeFinding.That(holds(hostile), detail, otherwise);
    }

    private static string Delivered(ProbeGround ground, string path) => Path.Combine(ground.Checkout.Delivered, path);
}
