using System.Text;
using ClawCi.ChangeSets.Posix;
using ClawCi.Sandboxes.Docker;

namespace ClawCi.Sandboxes;

/// <summary>Which of this machine's directories no task may see, whoever asks.</summary>
internal static class MountSource
{
    private static readonly string[] OfMachine =
    [
        "/proc",
        "/sys",
        "/dev",
        "/run",
        "/var/run",
        "/boot",
        "/etc",
        "/var/lib/docker",
        "/var/lib/containerd",
    ];

    /// <summary>Where people and programs keep what authenticates them.</summary>
    private static readonly string[] OfHome =
    [
        ".ssh",
        ".gnupg",
        ".docker",
        ".aws",
        ".azure",
        ".kube",
        ".config",
        ".netrc",
        ".git-credentials",
        ".npmrc",
        ".pypirc",
        ".claude",
        ".nuget/NuGet",
    ];

    /// <summary>Null, and why, when it may not be mounted.</summary>
    /// <param name="home">Of the user who runs us.</param>
    /// <param name="others">What else must stay unseen: the output directory, the workspace, the daemon's socket.</param>
    public static string? Resolve(string path, string home, IEnumerable<string> others, out string problem)
    {
        problem = "";
        if (RealPath.Of(path) is not { } real)
        {
            problem = $"{path} is not there, or this user may not look at it";
            return null;
        }
        if (!Directory.Exists(real) && !IsRegularFile(real))
        {
            problem = $"{real} is neither a directory nor a regular file";
            return null;
        }
        var secret = OfMachine
            .Concat(OfHome.Select(name => Path.Combine(home, name)))
            .Concat(others)
            .Select(hidden => RealPath.Of(hidden) ?? hidden)
            .FirstOrDefault(hidden => IsWithin(real, hidden) || IsWithin(hidden, real));
        if (secret is null)
            return real;
        problem = IsWithin(real, secret)
            ? $"{real} is in {secret}, which no sandbox may see"
            : $"{real} holds {secret}, which no sandbox may see; mount a directory further down";
        return null;
    }

    public static bool IsWithin(string path, string directory) =>
        path == directory || path.StartsWith(directory.TrimEnd('/') + "/", StringComparison.Ordinal);

    private static bool IsRegularFile(string path)
    {
        using var parent = Tree.OpenRoot(Path.GetDirectoryName(path)!);
        return Tree.Status(parent, Encoding.UTF8.GetBytes(Path.GetFileName(path))) is { IsFile: true };
    }
}
