using ClawCi.Git;
using ClawCi.Runs;

namespace ClawCi.Publishing;

/// <summary>What it means for a delivery that another repository does not want it.</summary>
internal static class GitErrors
{
    public static PublishException Refused(string what, string said) =>
        new(
            Outcome.AuthFailed,
            "credentials",
            $"the repository may not be {what} with what this step has: {said}. GitHub takes GITHUB_TOKEN or GH_TOKEN with `contents: write`, GitLab GITLAB_TOKEN with `write_repository`, or CI_JOB_TOKEN where the project lets jobs push."
        );

    public static PublishException Unreadable(string error)
    {
        var said = GitSaid.Short(error);
        return GitSaid.IsRefusal(said)
            ? Refused("read", said)
            : new(Outcome.ApplyFailed, "repository", $"the repository cannot be read: {said}", GitSaid.IsPassing(said));
    }
}
