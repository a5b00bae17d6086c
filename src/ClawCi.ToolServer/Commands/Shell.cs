namespace ClawCi.ToolServer.Commands;

/// <summary>The image's shell: bash where there is one, else sh, else busybox.</summary>
internal static class Shell
{
    private const int Execute = 1;

    /// <summary>The words before the command's text; null when the image has no shell.</summary>
    public static IReadOnlyList<string>? Find(string searchPath)
    {
        string[] directories = [.. searchPath.Split(':'), "/bin", "/usr/bin", "/usr/local/bin", "/busybox"];
        foreach (var name in (string[])["bash", "sh", "busybox"])
        {
            foreach (var directory in directories.Where(d => d.StartsWith('/')))
            {
                var path = $"{directory}/{name}";
                if (File.Exists(path) && CommandLibc.Access(path, Execute) == 0)
                    return name == "busybox" ? [path, "sh", "-c"] : [path, "-c"];
            }
        }
        return null;
    }
}
