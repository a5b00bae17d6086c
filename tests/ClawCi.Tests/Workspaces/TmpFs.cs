namespace ClawCi.Tests.Workspaces;

/// <summary>A small disk.</summary>
internal sealed class TmpFs : IDisposable
{
    private TmpFs(string path) => Path = path;

    public string Path { get; }

    public static async Task<TmpFs> MountAsync(string path, string options)
    {
        Directory.CreateDirectory(path);
        await TestLayers.RunAsync("/bin/mount", "-t", "tmpfs", "-o", options, "tmpfs", path);
        return new TmpFs(path);
    }

    public void Dispose() => TestLayers.RunAsync("/bin/umount", "-l", Path).GetAwaiter().GetResult();
}
