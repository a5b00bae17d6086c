namespace ClawCi.Publishing;

/// <summary>What a publishing step finds around it.</summary>
/// <param name="Platforms">Those that it has, or may have, a token for.</param>
/// <param name="JobRepository">The repository that the pipeline is of; null outside of one.</param>
/// <param name="JobBranch">The branch that the pipeline is about; null when it is about something else.</param>
/// <param name="ProxyTo">The proxy on the way to an address; null is none.</param>
/// <param name="Certificates">A file of authorities instead of the machine's; null is the machine's.</param>
internal sealed record Surroundings(
    IReadOnlyList<Platform> Platforms,
    string? JobRepository,
    string? JobBranch,
    Func<Uri, Uri?> ProxyTo,
    string? Certificates
);
