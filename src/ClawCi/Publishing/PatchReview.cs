using System.Text;
using ClawCi.ChangeSets;
using ClawCi.Configuration;
using ClawCi.Events;
using ClawCi.Runs;
using ClawCi.Runs.Gates;
using ClawCi.Sessions;

namespace ClawCi.Publishing;

/// <summary>
/// Looks once more at what is about to leave: at the tree that was made, not at what the patch says of itself. The run's directory came
/// from elsewhere, and may be another's work.
/// </summary>
/// <param name="reviewed">Paths whose change the run's policy left to a review, and that the caller lets pass.</param>
internal sealed class PatchReview(SecretMasker masker, IReadOnlySet<string> reviewed)
{
    private const long LongestLink = 4096;

    private static readonly ProtectedLayer Always = new(ProtectedPaths.Always, ProtectedChange.Block, "built-in");

    /// <summary>What is wrong with the patch itself; null when nothing is.</summary>
    public string? Fault(byte[] patch) =>
        masker.FindKnown(Encoding.UTF8.GetString(patch)) is [var found, ..]
            ? $"the patch holds a secret: {found.Kind}"
            : null;

    /// <summary>What is wrong with the changes that came of it; null when nothing is.</summary>
    /// <param name="recorded">The paths that the run says it changed, in display form.</param>
    public async Task<string?> FaultAsync(
        IReadOnlyList<TreeChange> changes,
        IReadOnlySet<string> recorded,
        TargetRepository repository,
        CancellationToken ct
    )
    {
        foreach (var change in changes)
        {
            var path = ChangePath.Display(change.Path);
            if (ChangePath.Fault(change.Path) is { } fault)
                return $"{path}: {fault}";
            if (change.OldMode == TreeChange.Gitlink || change.NewMode == TreeChange.Gitlink)
                return $"{path} is a submodule, which no patch may change";
            if (!recorded.Contains(path))
                return $"{path} is changed by the patch, and the run did not record that";
            if (Always.Matches(path) && !reviewed.Contains(path))
                return $"{path} is protected";
            if (change.NewMode == TreeChange.Symlink && await LinkFaultAsync(change, repository, ct) is { } problem)
                return $"{path}: {problem}";
        }
        return null;
    }

    private static async Task<string?> LinkFaultAsync(
        TreeChange change,
        TargetRepository repository,
        CancellationToken ct
    )
    {
        if (GitNames.ForbidsSymlink(change.Path))
            return "git refuses a symbolic link of this name";
        var target = await repository.ContentAsync(change.Blob, ct);
        return target.Length > LongestLink ? "the link's target is too long" : LinkGate.Problem(change.Path, target);
    }
}
