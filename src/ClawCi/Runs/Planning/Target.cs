using ClawCi.Git;

namespace ClawCi.Runs.Planning;

/// <summary>Where a task works that names one of its own.</summary>
/// <param name="Root">Absolute path of the repository's checkout.</param>
/// <param name="Path">Of the workspace in it; empty is its root.</param>
/// <param name="Source">What the checkout is made of; null when it is there, and worked on in place.</param>
internal sealed record Target(string Root, string Path, CloneSource? Source)
{
    /// <summary>Below the output directory: one for each repository and ref.</summary>
    public const string DirectoryName = "targets";

    public string Checkout => Path.Length == 0 ? Root : $"{Root}/{Path}";

    /// <summary>Why the workspace is none; null when it is one. A link in a repository could lead out of it.</summary>
    public string? Problem()
    {
        var at = Root;
        foreach (var part in Path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            at = $"{at}/{part}";
            if (new FileInfo(at).LinkTarget is not null)
                return $"{at} is a symbolic link, which no workspace may lie behind";
            if (!Directory.Exists(at))
                return $"there is no directory {at}";
        }
        return null;
    }
}

/// <summary>What a clone is made of, and with what.</summary>
/// <param name="Ref">A branch, a tag or a commit; null is the default branch.</param>
/// <param name="Token">The name of a secret; null asks without.</param>
internal sealed record CloneSource(RepositoryAddress Address, string? Ref, string? Token, string User);
