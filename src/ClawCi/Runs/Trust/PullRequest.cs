namespace ClawCi.Runs.Trust;

/// <summary>The event that started the job is a pull request: what the workspace holds is its author's word.</summary>
/// <param name="Event">As the CI system calls it.</param>
/// <param name="BaseCommit">The commit it is to be merged into; null when the event does not say.</param>
internal sealed record PullRequest(string Event, string? BaseCommit);
