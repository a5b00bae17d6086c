using ClawCi.Git;

namespace ClawCi.Publishing;

/// <summary>Where a task's patch goes. One for all tasks of a repository.</summary>
/// <param name="Forge">Null when branches are all that is wanted, or there is nobody to ask.</param>
/// <param name="Directory">Where the task's workspace lies in the repository; empty for its root.</param>
/// <param name="Rate">What may still be opened there.</param>
internal sealed record TaskDestination(
    RepositoryAddress Address,
    TargetRepository Repository,
    IForge? Forge,
    string Directory,
    OpeningRate Rate
)
{
    /// <summary>A path in the task's workspace as one in the repository.</summary>
    public string Below(string path) => Directory.Length == 0 ? path : $"{Directory}/{path}";
}
