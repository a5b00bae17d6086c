namespace ClawCi.Runs;

/// <summary>The directory that a run leaves its results in.</summary>
internal static class OutDirectory
{
    /// <summary>Any of these says that a run wrote here.</summary>
    private static readonly string[] Traces = ["result.json", "tasks", "claw-ci.lock"];

    /// <summary>Makes the directory, with a <c>.gitignore</c> of <c>*</c>.</summary>
    /// <param name="force">Removes what another run left there; only that, never a file that is not ours.</param>
    /// <exception cref="UserErrorException">It holds another run, something else, or cannot be written.</exception>
    public static void Prepare(string path, bool force)
    {
        if (File.Exists(path))
            throw new UserErrorException(path, "the output directory is a file; name a directory with --out");
        try
        {
            Directory.CreateDirectory(path);
            var old = Traces.Where(trace => Path.Exists(Path.Combine(path, trace))).ToList();
            if (old.Count > 0 && !force)
                throw new UserErrorException(
                    path,
                    $"the directory holds another run. Name another with --out, or pass --force to replace it."
                );
            foreach (var entry in old.Count > 0 ? Ours : [])
                Remove(Path.Combine(path, entry));
            File.WriteAllText(Path.Combine(path, ".gitignore"), "*\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(path, $"the output directory cannot be written: {e.Message}");
        }
    }

    /// <summary>Everything a run writes at the top of its directory.</summary>
    private static readonly string[] Ours =
    [
        "result.json",
        "summary.md",
        "report.html",
        "junit.xml",
        "claw-ci.lock",
        "tasks",
    ];

    private static void Remove(string path)
    {
        // A link is removed, never followed.
        if (File.Exists(path) || new FileInfo(path).LinkTarget is not null)
            File.Delete(path);
        else if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
    }
}
