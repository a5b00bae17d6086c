namespace ClawCi.Publishing;

/// <summary>Where changes are reviewed. Every call may end in a <see cref="PublishException"/>.</summary>
internal interface IForge : IDisposable
{
    /// <summary><c>pull request</c> or <c>merge request</c>.</summary>
    string Noun { get; }

    /// <summary>Those of a branch of the repository's own, open or not, the newest first.</summary>
    Task<IReadOnlyList<ForgeRequest>> OfBranchAsync(string branch, CancellationToken ct);

    /// <summary>How many branches with a prefix are under review.</summary>
    Task<int> CountOpenAsync(string prefix, CancellationToken ct);

    /// <summary>How many requests for such branches were opened since, whatever became of them.</summary>
    Task<int> CountSinceAsync(string prefix, DateTimeOffset since, CancellationToken ct);

    Task<ForgeRequest> OpenAsync(RequestText text, string branch, string into, bool isDraft, CancellationToken ct);

    /// <summary>Replaces the description.</summary>
    Task DescribeAsync(ForgeRequest request, string body, CancellationToken ct);
}

/// <summary>A pull or merge request.</summary>
/// <param name="Head">The commit it is about.</param>
/// <param name="Base">The branch that it is to go into.</param>
internal sealed record ForgeRequest(long Number, string Url, bool IsOpen, string? Head, string Base, string Body);
