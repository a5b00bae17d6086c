using System.Formats.Tar;
using System.Security.Cryptography;

namespace ClawCi.Sandboxes.Docker;

/// <summary>
/// The tool server in a volume of the daemon, named by its hash, made once and mounted read-only everywhere.
/// Each runner that finds none writes its own copy into its own directory, reads it back, and only then sets the
/// link <c>ready</c> to it: no runner ever sees half a file or one that is being replaced.
/// </summary>
internal static class ToolServerVolume
{
    public const string Target = "/claw";
    private const string FileName = "claw-toolserver";
    private const string ReadyLink = "ready";
    private const int HashDigits = 16;

    /// <summary>Headers, padding and end of an archive with one file.</summary>
    private const int TarOverhead = 16 << 10;

    public static string NameOf(ToolServerBinary binary) => $"claw-ci-toolserver-{binary.Sha256[..HashDigits]}";

    /// <summary>Gives the path of the executable inside every container that mounts the volume.</summary>
    public static async Task<string> EnsureAsync(HelperContainer helper, ToolServerBinary binary, CancellationToken ct)
    {
        if (await ReadyAsync(helper, ct) is { } ready)
            return ready;
        var directory = RandomNumberGenerator.GetHexString(16, lowercase: true);
        await helper.PutAsync(Target, tar => Copy(tar, directory, binary.Path), ct);
        var path = $"{Target}/{directory}/{FileName}";
        if (await HashAsync(helper, path, new FileInfo(binary.Path).Length, ct) != binary.Sha256)
            throw new SandboxException(
                SandboxFailure.HardeningNotEffective,
                $"The tool server in Docker's volume {NameOf(binary)} is not the one at {binary.Path}. "
                    + "Was it rebuilt while claw-ci ran? Run again; if it stays so, the daemon's storage is damaged."
            );
        await helper.PutAsync(Target, tar => Link(tar, directory), ct);
        return path;
    }

    private static async Task<string?> ReadyAsync(HelperContainer helper, CancellationToken ct)
    {
        var link = await helper.LinkTargetAsync($"{Target}/{ReadyLink}", ct);
        return link is null ? null : $"{Target}/{Path.GetFileName(link)}/{FileName}";
    }

    private static async Task<string> HashAsync(HelperContainer helper, string path, long length, CancellationToken ct)
    {
        // Through memory: the library's response stream takes an empty read, which the tar reader does, for a cut connection.
        using var whole = new MemoryStream((int)length + TarOverhead);
        await using (var archive = await helper.GetAsync(path, ct))
            await archive.CopyToAsync(whole, ct);
        whole.Position = 0;
        await using var tar = new TarReader(whole);
        var entry = await tar.GetNextEntryAsync(copyData: false, ct);
        return entry?.DataStream is null
            ? ""
            : Convert.ToHexStringLower(await SHA256.HashDataAsync(entry.DataStream, ct));
    }

    private static void Copy(TarWriter tar, string directory, string file)
    {
        tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, directory) { Mode = Executable });
        using var content = File.OpenRead(file);
        tar.WriteEntry(
            new PaxTarEntry(TarEntryType.RegularFile, $"{directory}/{FileName}")
            {
                Mode = Executable,
                DataStream = content,
            }
        );
    }

    private static void Link(TarWriter tar, string directory) =>
        tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, ReadyLink) { LinkName = directory });

    private const UnixFileMode Executable =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;
}
