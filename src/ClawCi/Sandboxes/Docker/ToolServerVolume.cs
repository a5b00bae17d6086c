using System.Formats.Tar;
using System.IO.Pipelines;
using System.Security.Cryptography;

namespace ClawCi.Sandboxes.Docker;

/// <summary>
/// The tool server in a volume of the daemon, named by its hash, made once and mounted read-only everywhere.
/// Each runner that finds none writes its own copy into its own directory, reads it back, and only then sets the
/// link <c>ready</c> to it: no runner ever sees half a file or one that is being replaced. Tasks of one runner do it one after the
/// other, so that the first does it for all.
/// </summary>
internal static class ToolServerVolume
{
    public const string Target = "/claw";
    private const string FileName = "claw-toolserver";
    private const string ReadyLink = "ready";
    private const int HashDigits = 16;

    private const int ReadAtOnce = 64 << 10;

    public static string NameOf(ToolServerBinary binary) => $"claw-ci-toolserver-{binary.Sha256[..HashDigits]}";

    /// <summary>Gives the path of the executable inside every container that mounts the volume.</summary>
    public static async Task<string> EnsureAsync(
        DockerEngine engine,
        HelperContainer helper,
        ToolServerBinary binary,
        CancellationToken ct
    )
    {
        if (await ReadyAsync(helper, ct) is { } ready)
            return ready;
        await engine.BringingToolServer.WaitAsync(ct);
        try
        {
            return await ReadyAsync(helper, ct) ?? await BringAsync(helper, binary, ct);
        }
        finally
        {
            engine.BringingToolServer.Release();
        }
    }

    private static async Task<string> BringAsync(HelperContainer helper, ToolServerBinary binary, CancellationToken ct)
    {
        var directory = RandomNumberGenerator.GetHexString(16, lowercase: true);
        await helper.PutStreamAsync((stream, token) => CopyAsync(stream, directory, binary.Path, token), ct);
        var path = $"{Target}/{directory}/{FileName}";
        if (await HashAsync(helper, path, ct) != binary.Sha256)
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

    private static async Task<string> HashAsync(HelperContainer helper, string path, CancellationToken ct)
    {
        // The library's response stream takes an empty read, which the tar reader does, for a cut connection, and cannot be read once it
        // came to its end. A pipe can.
        var archive = PipeReader.Create(
            await helper.GetAsync(path, ct),
            new StreamPipeReaderOptions(bufferSize: ReadAtOnce)
        );
        await using var stream = archive.AsStream();
        await using var tar = new TarReader(stream);
        var entry = await tar.GetNextEntryAsync(copyData: false, ct);
        return entry?.DataStream is null
            ? ""
            : Convert.ToHexStringLower(await SHA256.HashDataAsync(entry.DataStream, ct));
    }

    private static async Task CopyAsync(Stream stream, string directory, string file, CancellationToken ct)
    {
        var below = $"{Target[1..]}/{directory}";
        await using var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true);
        await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, below) { Mode = Executable }, ct);
        await using var content = File.OpenRead(file);
        await tar.WriteEntryAsync(
            new PaxTarEntry(TarEntryType.RegularFile, $"{below}/{FileName}")
            {
                Mode = Executable,
                DataStream = content,
            },
            ct
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
