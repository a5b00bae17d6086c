using System.Buffers;
using System.Text;

namespace ClawCi.ChangeSets;

/// <summary>
/// Names that some system reads as git's own: git refuses every patch that holds one, and a checkout on such a system
/// would execute what lies there.
/// </summary>
internal static class GitNames
{
    /// <summary><c>.git</c> in any spelling of NTFS (case, 8.3, trailing dots and spaces, streams) or HFS+ (ignored characters).</summary>
    public static bool IsGitDirectory(ReadOnlySpan<byte> component) => AnyPart(component, static part => IsGit(part));

    /// <summary>Whether git refuses a symlink at this path: <c>.gitmodules</c>, in any such spelling, is part of it.</summary>
    public static bool ForbidsSymlink(ReadOnlySpan<byte> path)
    {
        foreach (var range in path.Split((byte)'/'))
        {
            if (AnyPart(path[range], static part => IsModules(part)))
                return true;
        }
        return false;
    }

    private static bool AnyPart(ReadOnlySpan<byte> component, Func<string, bool> test)
    {
        if (
            component is not ([(byte)'.' or (byte)'g' or (byte)'G' or 0xE2 or 0xEF, ..])
            && !component.Contains((byte)'\\')
        )
            return false;
        // A backslash separates components on Windows.
        foreach (var range in component.Split((byte)'\\'))
            if (test(Fold(component[range])))
                return true;
        return false;
    }

    private static bool IsGit(string part) => part is ".git" or "git~1";

    private static bool IsModules(string part) =>
        part is ".gitmodules" or ['g', 'i', 't', 'm', 'o', 'd', '~', >= '1' and <= '4'] || IsHashedShortName(part);

    /// <summary>What NTFS makes of the long name once gitmod~1 to gitmod~4 are taken: up to six of a hash, then a number.</summary>
    private static bool IsHashedShortName(string part) =>
        part.Length == 8
        && part.IndexOf('~', StringComparison.Ordinal) is >= 0 and <= 6 and var tilde
        && "gi7eba".StartsWith(part[..tilde], StringComparison.Ordinal)
        && part[tilde + 1] is >= '1' and <= '9'
        && !part.AsSpan(tilde + 2).ContainsAnyExceptInRange('0', '9');

    /// <summary>Lower case, without what HFS+ ignores, cut at a stream's colon and at malformed UTF-8 as git does, trailing dots and spaces gone.</summary>
    private static string Fold(ReadOnlySpan<byte> part)
    {
        var text = new StringBuilder(part.Length);
        while (!part.IsEmpty && Rune.DecodeFromUtf8(part, out var rune, out var used) == OperationStatus.Done)
        {
            if (rune.Value == ':')
                break;
            if (!IsIgnored(rune.Value))
                text.Append(Rune.ToLowerInvariant(rune).ToString());
            part = part[used..];
        }
        return text.ToString().TrimEnd('.', ' ');
    }

    private static bool IsIgnored(int value) =>
        value is (>= 0x200C and <= 0x200F) or (>= 0x202A and <= 0x202E) or (>= 0x206A and <= 0x206F) or 0xFEFF;
}
