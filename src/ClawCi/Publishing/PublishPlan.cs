using ClawCi.Git;

namespace ClawCi.Publishing;

/// <summary>What the caller wants delivered, and how.</summary>
/// <param name="Repository">Null is where each task's checkout came from.</param>
/// <param name="Base">Null is the repository's default branch.</param>
/// <param name="BranchPrefix">What a task's branch begins with; its id follows.</param>
/// <param name="Directory">Where the workspace lies in the repository; null is found out, empty is its root.</param>
/// <param name="MaxOpen">Requests for review that may be open at once. Null is no bound.</param>
/// <param name="MaxPerHour">Requests for review that may be opened within an hour. Null is no bound.</param>
/// <param name="Title">The caller's own words, instead of the task's description.</param>
/// <param name="Body">The caller's own words, before what is told of the run.</param>
/// <param name="AlsoUnsuccessful">Patches of tasks that did not succeed are delivered too, unless a gate objects.</param>
/// <param name="AlsoReviewed">Changes of protected paths are delivered where the run's policy left them to a review.</param>
internal sealed record PublishPlan(
    RepositoryAddress? Repository,
    string? Base,
    string BranchPrefix,
    string? Directory,
    RequestKind Request,
    int? MaxOpen,
    int? MaxPerHour,
    bool IsStaged,
    Identity Author,
    string? Title,
    string? Body,
    bool AlsoUnsuccessful,
    bool AlsoReviewed
)
{
    /// <summary>
    /// Repositories that the run's directory may name itself: addresses, and with a slash at the end all that is below. Where a run's
    /// checkout is here, that says where it came from.
    /// </summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];
}

/// <summary>What is opened for a branch.</summary>
internal enum RequestKind
{
    Draft,
    Ready,

    /// <summary>Nothing: the branch is all.</summary>
    None,
}

/// <summary>Who commits.</summary>
internal sealed record Identity(string Name, string Email)
{
    public static Identity Default { get; } = new("claw-ci", "noreply@claw-ci.invalid");

    /// <summary><c>Name &lt;mail&gt;</c>; null when it is written otherwise.</summary>
    public static Identity? Parse(string text)
    {
        var open = text.IndexOf('<', StringComparison.Ordinal);
        if (open <= 0 || !text.EndsWith('>'))
            return null;
        var (name, email) = (text[..open].Trim(), text[(open + 1)..^1].Trim());
        var isPlain = !$"{name}{email}".Any(c => c is '<' or '>' || char.IsControl(c));
        return name.Length > 0 && email.Length > 0 && isPlain ? new(name, email) : null;
    }

    public override string ToString() => $"{Name} <{Email}>";
}
