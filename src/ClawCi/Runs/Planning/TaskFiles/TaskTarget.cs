using ClawCi.Git;

namespace ClawCi.Runs.Planning.TaskFiles;

/// <summary>One of the <c>targets</c> of a task file, read and checked.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Path">With single slashes and no dots; empty is the root.</param>
/// <param name="Address">Null for a directory of this machine.</param>
internal sealed record TaskTarget(TargetSection Section, int Index, string Path, RepositoryAddress? Address)
{
    /// <summary>What tells it apart from the others: the repository's own name, directory and ref; empty for the workspace itself.</summary>
    public string Words =>
        string.Join(' ', ((string?[])[Name, Path, Section.Ref]).Where(word => word is { Length: > 0 }));

    public string Identity => $"{Section.Repository}\n{Section.Ref}\n{Path}";

    /// <summary>The last part of where it is, without <c>.git</c>.</summary>
    public string Name
    {
        get
        {
            var last = Section.Repository.TrimEnd('/').Split('/', ':')[^1];
            return last is "." or ".." ? ""
                : last.EndsWith(".git", StringComparison.Ordinal) ? last[..^4]
                : last;
        }
    }
}
