namespace ClawCi.Artifacts.Merging;

/// <summary>Copies what a task left, regular files only: a directory that came from elsewhere is not followed out of itself.</summary>
internal static class TaskCopy
{
    /// <summary>The task's directory, and those of its earlier attempts.</summary>
    /// <exception cref="UserErrorException">There is something in it that no run writes.</exception>
    public static void Copy(string from, string to, string taskId)
    {
        foreach (var part in (string[])["tasks", Runs.Batch.EarlierAttempts.DirectoryName])
        {
            var source = new DirectoryInfo(Path.Combine(from, part, taskId));
            if (source.Exists)
                Copy(source, Path.Combine(to, part, taskId));
        }
    }

    private static void Copy(DirectoryInfo from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var entry in from.EnumerateFileSystemInfos())
        {
            if (entry.LinkTarget is not null)
                throw new UserErrorException(entry.FullName, "is a symbolic link, which no run writes");
            if (entry is DirectoryInfo directory)
                Copy(directory, Path.Combine(to, entry.Name));
            else
                File.Copy(entry.FullName, Path.Combine(to, entry.Name));
        }
    }
}
