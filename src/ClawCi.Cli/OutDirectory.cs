using ClawCi.Artifacts;
using ClawCi.Cli.Arguments;
using ClawCi.Cli.Verbs;
using ClawCi.Events;
using ClawCi.Runs;
using ClawCi.Runs.Batch;
using ClawCi.Runs.Planning;
using ClawCi.Sandboxes;

namespace ClawCi.Cli;

/// <summary>Where a run leaves everything. It ignores itself in git, and holds one run.</summary>
internal static class OutDirectory
{
    public const string DefaultName = "claw-ci-out";

    private const string Ignore = ".gitignore";

    /// <summary>What a run leaves; nothing else is ever removed.</summary>
    private static readonly string[] OfARun =
    [
        "result.json",
        "summary.md",
        "report.html",
        "claw-ci.sarif",
        "gl-code-quality-report.json",
        "junit.xml",
        "claw-ci.lock",
        PublishResult.FileName,
        RecordedStart.FileName,
        ReplayVerb.OutName,
        RunFile.Name,
        EarlierAttempts.DirectoryName,
        ShardFile.Name,
        Target.DirectoryName,
        "tasks",
    ];

    /// <summary>Makes the directory, empty but for its .gitignore.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="workspace">Absolute. The checkout is not trusted: below it, no symbolic link is followed.</param>
    /// <param name="force">Whether a run that is there may be replaced.</param>
    /// <returns>Holds the directory for this process.</returns>
    /// <exception cref="UsageException">Something is there that must not be lost, or it cannot be written.</exception>
    public static RunLock Prepare(string path, string workspace, bool force)
    {
        if (LinkOnTheWay(path, workspace) is { } link)
            throw new UsageException(
                $"--out {path}: {link} is a symbolic link in the workspace. Choose another directory."
            );
        RunLock? held = null;
        try
        {
            Directory.CreateDirectory(path);
            held = Hold(path);
            var entries = new DirectoryInfo(path).GetFileSystemInfos().Where(entry => entry.Name != Ignore).ToList();
            var foreign = entries.Find(entry => !IsOfARun(entry.Name));
            if (foreign is not null)
                throw new UsageException(
                    $"--out {path} holds {foreign.Name}, which is not of a run. Choose an empty or a new directory."
                );
            if (entries.Count > 0 && !force)
                throw new UsageException(
                    $"--out {path} holds another run. Choose another directory, or replace that run with --force; --only-failed runs again what did not succeed in it, `claw-ci resume` finishes one that was killed."
                );
            foreach (var entry in entries)
                Remove(entry);
            var ignore = Path.Combine(path, Ignore);
            File.Delete(ignore);
            File.WriteAllText(ignore, "*\n");
            (var taken, held) = (held, null);
            return taken;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--out {path} cannot be written: {error.Message}");
        }
        finally
        {
            held?.Dispose();
        }
    }

    /// <summary>The id of the run that it holds; null when there is none.</summary>
    /// <exception cref="UsageException">It was killed, and that is not <paramref name="alsoKilled"/>.</exception>
    public static string? RunIn(string path, bool alsoKilled)
    {
        if (StartedRun.Read(path) is { } started)
            return alsoKilled
                ? started.RunId
                : throw new UsageException(
                    $"--out {path} holds a run that has not ended: finish it with `claw-ci resume {path}`."
                );
        return Directory.Exists(Path.Combine(path, "tasks")) ? RunRecord.Read(path).RunId : null;
    }

    /// <summary>Takes the directory as it is, to go on with the run that it holds.</summary>
    /// <exception cref="UsageException">Another process holds it, or it holds a symbolic link.</exception>
    public static RunLock HoldRun(string path, string workspace)
    {
        var held = Hold(path);
        if ((LinkOnTheWay(path, workspace) ?? LinkIn(new DirectoryInfo(path))) is not { } link)
            return held;
        held.Dispose();
        throw new UsageException(
            $"--out {path}: {link} is a symbolic link, which no run leaves there. Remove it, or choose another directory."
        );
    }

    private static RunLock Hold(string path) =>
        RunLock.Take(path)
        ?? throw new UsageException(
            $"--out {path}: a run is going on there{(StartedRun.Read(path) is { } run ? $", as process {run.Process}" : "")}. Choose another directory."
        );

    /// <summary>Also of a file that a kill or a full disk kept from being whole.</summary>
    private static bool IsOfARun(string name) =>
        OfARun.Contains(name)
        || (
            name.EndsWith(WholeFile.Suffix, StringComparison.Ordinal)
            && OfARun.Contains(name[..^WholeFile.Suffix.Length])
        );

    /// <summary>Clones of targets have links of their own, and a replay is a run for itself.</summary>
    private static string? LinkIn(DirectoryInfo directory, bool isBelow = false)
    {
        foreach (var entry in directory.EnumerateFileSystemInfos())
        {
            if (entry.LinkTarget is not null)
                return entry.FullName;
            if (
                entry is DirectoryInfo below
                && (isBelow || below.Name is not (Target.DirectoryName or ReplayVerb.OutName))
                && LinkIn(below, isBelow: true) is { } link
            )
                return link;
        }
        return null;
    }

    private static void Remove(FileSystemInfo entry)
    {
        // Deleting a link deletes the link.
        if (entry is DirectoryInfo { LinkTarget: null } directory)
            directory.Delete(recursive: true);
        else
            entry.Delete();
    }

    private static string? LinkOnTheWay(string path, string workspace)
    {
        var relative = Path.GetRelativePath(workspace, path);
        if (relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(relative))
            return null;
        var at = workspace;
        foreach (var part in relative.Split('/'))
        {
            at = Path.Combine(at, part);
            if (new FileInfo(at).LinkTarget is not null)
                return at;
        }
        return null;
    }
}
