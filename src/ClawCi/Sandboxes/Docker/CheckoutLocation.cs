using ClawCi.ChangeSets.Posix;
using Docker.DotNet.Models;

namespace ClawCi.Sandboxes.Docker;

/// <summary>Where the checkout is for us and for the daemon, which may see another file system than we do.</summary>
/// <param name="Path">For us, without symbolic links.</param>
/// <param name="DaemonPath">For the daemon; null when it cannot see the checkout, which then has to be sent to it.</param>
/// <param name="MustProve">Both need not be the same directory: ask for proof before anything is built on it.</param>
/// <param name="HiddenDirectory">The output directory, relative to the checkout; null when it is elsewhere.</param>
internal sealed record CheckoutLocation(
    string Path,
    string? DaemonPath,
    bool MustProve,
    FileStatus Root,
    string? HiddenDirectory
)
{
    /// <summary>The mounts of the container that we run in; null outside one.</summary>
    public IReadOnlyList<MountPoint>? Own { get; private init; }

    /// <summary>Another path of ours as the daemon calls it; null when it has no such.</summary>
    public string? ForDaemon(string path) => Own is null ? path : Translate(path, Own);

    /// <exception cref="SandboxException">Not a directory, or of parts that a sandbox would not see.</exception>
    public static async Task<CheckoutLocation> LocateAsync(
        DockerEngine engine,
        string checkout,
        string? outDirectory,
        CancellationToken ct
    )
    {
        var path = RealPath.Of(checkout);
        if (path is null || !Directory.Exists(path))
            throw Unreachable($"Workspace {checkout} is not a directory, or this user may not look into it.");
        var hidden = HiddenBelow(path, outDirectory);
        var mounts = MountInfo.ReadSelf();
        RefuseSubmounts(path, hidden, mounts);
        var container = MountInfo.ContainerId(mounts);
        var own = container is null ? null : await OwnMountsAsync(engine, container, ct);
        return new CheckoutLocation(
            path,
            own is null ? path : Translate(path, own),
            container is not null || !engine.IsUnixSocket,
            RootOf(path),
            hidden
        )
        {
            Own = own is null ? null : [.. own],
        };
    }

    /// <summary>By the longest destination that holds the path.</summary>
    /// <returns>Null when the path is in the runner's own image or memory.</returns>
    internal static string? Translate(string path, IEnumerable<MountPoint> mounts)
    {
        var mount = mounts
            .Where(m =>
                path == m.Destination || path.StartsWith(m.Destination.TrimEnd('/') + "/", StringComparison.Ordinal)
            )
            .MaxBy(m => m.Destination.Length);
        return string.IsNullOrEmpty(mount?.Source)
            ? null
            : mount.Source.TrimEnd('/') + path[mount.Destination.TrimEnd('/').Length..];
    }

    private static FileStatus RootOf(string path)
    {
        try
        {
            using var root = Tree.OpenRoot(path);
            return Tree.Status(root);
        }
        catch (PosixException e)
        {
            throw Unreachable($"Workspace {path} cannot be read: {e.Message}");
        }
    }

    internal static SandboxException Unreachable(string message) => new(SandboxFailure.WorkspaceUnreachable, message);

    internal static string? HiddenBelow(string path, string? outDirectory)
    {
        if (outDirectory is null)
            return null;
        var real =
            RealPath.Of(outDirectory)
            ?? throw Unreachable(
                $"The output directory {outDirectory} does not exist, or this user may not look into it."
            );
        if (real == path)
            throw Unreachable($"The output directory is the workspace itself, {path}. Choose another with --out.");
        return real.StartsWith(path.TrimEnd('/') + "/", StringComparison.Ordinal)
            ? real[(path.TrimEnd('/').Length + 1)..]
            : null;
    }

    private static void RefuseSubmounts(string path, string? hidden, string mountInfo)
    {
        var covered = hidden is null ? null : $"{path}/{hidden}";
        var submount = MountInfo
            .Below(mountInfo, path)
            .FirstOrDefault(point =>
                covered is null || (point != covered && !point.StartsWith(covered + "/", StringComparison.Ordinal))
            );
        if (submount is not null)
            throw Unreachable(
                $"{submount} is a mount of its own inside the workspace {path}; in the sandbox it would look empty. "
                    + "Unmount it, or copy its content into the workspace."
            );
    }

    /// <summary>Null when this daemon does not know our container: it is somebody else's, and proof decides.</summary>
    private static async Task<IEnumerable<MountPoint>?> OwnMountsAsync(
        DockerEngine engine,
        string container,
        CancellationToken ct
    )
    {
        try
        {
            var self = await engine.CallAsync(
                "look for the container that claw-ci runs in",
                (client, token) => client.Containers.InspectContainerAsync(container, token),
                ct
            );
            return self.Mounts ?? [];
        }
        catch (SandboxException e) when (DockerErrors.IsNotFound(e))
        {
            return null;
        }
    }
}
