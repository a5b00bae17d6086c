namespace ClawCi.ToolServer.Commands;

/// <summary>The image's shell: bash where there is one, else sh, else busybox.</summary>
internal static class Shell
{
    private const int Execute = 1;

    /// <summary>Where shells are, whatever PATH says.</summary>
    public static IReadOnlyList<string> UsualDirectories { get; } = ["/bin", "/usr/bin", "/usr/local/bin", "/busybox"];

    /// <summary>The words before the command's text; null when there is no shell in these directories.</summary>
    public static IReadOnlyList<string>? Find(IReadOnlyList<string> directories)
    {
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
