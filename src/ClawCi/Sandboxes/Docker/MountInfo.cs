using System.Globalization;
using System.Text.RegularExpressions;

namespace ClawCi.Sandboxes.Docker;

/// <summary>What <c>/proc/self/mountinfo</c> tells: where something is mounted, and in which container we are.</summary>
internal static partial class MountInfo
{
    private const int RootField = 3;
    private const int MountPointField = 4;

    public static string ReadSelf() => File.ReadAllText("/proc/self/mountinfo");

    /// <summary>
    /// The files that Docker puts into every container are bind mounts out of the container's own directory. The host
    /// name, which others look at, can be set by anyone.
    /// </summary>
    public static string? ContainerId(string mountInfo) =>
        Fields(mountInfo)
            .Where(fields => fields[MountPointField] is "/etc/hostname" or "/etc/hosts" or "/etc/resolv.conf")
            .Select(fields => OwnDirectory().Match(fields[RootField]))
            .FirstOrDefault(match => match.Success)
            ?.Groups[1]
            .Value;

    /// <summary>Mount points below the directory, itself not included.</summary>
    public static IEnumerable<string> Below(string mountInfo, string directory) =>
        Fields(mountInfo)
            .Select(fields => Unescape(fields[MountPointField]))
            .Where(point => point.StartsWith(directory.TrimEnd('/') + "/", StringComparison.Ordinal) && point != "/")
            .Distinct();

    private static IEnumerable<string[]> Fields(string mountInfo) =>
        mountInfo
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' '))
            .Where(fields => fields.Length > MountPointField);

    private static string Unescape(string text) =>
        Octal()
            .Replace(
                text,
                match => ((char)Convert.ToInt32(match.Groups[1].Value, 8)).ToString(CultureInfo.InvariantCulture)
            );

    [GeneratedRegex(@"/containers/([0-9a-f]{64})/")]
    private static partial Regex OwnDirectory();

    [GeneratedRegex(@"\\([0-7]{3})")]
    private static partial Regex Octal();
}
