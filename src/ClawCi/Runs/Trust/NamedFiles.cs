using ClawCi.Configuration;
using ClawCi.Sandboxes.Docker;
using ClawCi.Sandboxes.Workspaces;

namespace ClawCi.Runs.Trust;

/// <summary>
/// Reads the files that were named on the command line and those they name. In a pull request the ones inside the
/// workspace's repository are read from the base commit: its author must not write the rules of the run.
/// </summary>
internal sealed class NamedFiles
{
    private readonly PullRequest? _pullRequest;

    /// <summary>Without symbolic links.</summary>
    private readonly string _root;

    private readonly string _workspace;

    /// <param name="pullRequest">Null when everything that is named is trusted.</param>
    public NamedFiles(string workspace, PullRequest? pullRequest)
    {
        _pullRequest = pullRequest;
        var path = Path.GetFullPath(workspace);
        _workspace = path;
        _root = RepositoryOf(RealPath.Of(path) ?? path);
    }

    /// <summary>The workspace as it lies there, for what is looked for in it.</summary>
    public PlainFiles Workspace => new(_workspace, "");

    /// <exception cref="UserErrorException">The file cannot be read, or is no text.</exception>
    /// <exception cref="UntrustedException">It is inside, and the base commit has no such file.</exception>
    public SourceFile Read(string path)
    {
        if (_pullRequest is null)
            return SourceFile.Read(path);
        var full = Path.GetFullPath(path);
        // As it was named, and where links lead: to the file, and to where it would be were it not in the base commit only.
        string?[] ways =
        [
            full,
            RealPath.Of(full),
            RealPath.Of(Path.GetDirectoryName(full) ?? full) is { } directory
                ? Path.Combine(directory, Path.GetFileName(full))
                : null,
        ];
        return ways.OfType<string>().Select(Inside).FirstOrDefault(inside => inside is not null) is { } inside
            ? ReadBase(path, inside)
            : SourceFile.Read(path);
    }

    /// <summary>A file of the workspace that is looked for rather than named; null when there is none.</summary>
    /// <exception cref="UntrustedException">The pull request brings it.</exception>
    public SourceFile? Find(string relative)
    {
        var found = Workspace.Find(relative);
        if (_pullRequest is null)
            return found;
        try
        {
            return Read(Path.Combine(_workspace, relative));
        }
        catch (UntrustedException) when (found is null)
        {
            return null;
        }
    }

    private SourceFile ReadBase(string path, string inside)
    {
        if (_pullRequest!.BaseCommit is not { } commit)
            throw Untrusted(path, "and the event does not say which commit it is to be merged into");
        if (BaseCommit.ObjectsOf(_root) is not { } objects)
            throw Untrusted(path, "and there is no git repository to read its base from");
        try
        {
            var bytes = BaseFile.ReadAsync(objects, commit, inside, SourceFile.MaxBytes).GetAwaiter().GetResult();
            return SourceFile.From($"{path}@{commit[..Math.Min(12, commit.Length)]}", bytes) with
            {
                IsFromBaseCommit = true,
            };
        }
        catch (PatchException e)
        {
            throw Untrusted(path, $"and cannot be read from the base commit {commit}: {e.Message}");
        }
    }

    private UntrustedException Untrusted(string path, string why) =>
        new(
            path,
            $"this file is part of a pull request ({_pullRequest!.Event}), {why}. Fetch the base commit (actions/checkout: `fetch-depth: 0`; "
                + "GitLab: `GIT_DEPTH: 0`), or keep the file outside the workspace, or pass --trust-workspace if every author of pull requests is trusted."
        );

    /// <summary>The path below the root; null when it is not.</summary>
    private string? Inside(string path)
    {
        var relative = Path.GetRelativePath(_root, path);
        return relative == ".." || relative.StartsWith("../", StringComparison.Ordinal) || Path.IsPathRooted(relative)
            ? null
            : relative;
    }

    private static string RepositoryOf(string workspace)
    {
        for (var directory = workspace; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (Path.Exists(Path.Combine(directory, ".git")))
                return directory;
        }
        return workspace;
    }
}
