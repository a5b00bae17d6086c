using System.Formats.Tar;
using System.IO.Pipelines;
using Docker.DotNet.Models;

namespace ClawCi.Sandboxes.Docker;

/// <summary>
/// A container of our empty image that is made and never started. It is the door to volumes (the archive calls go only
/// through it: they have a history with containers that run), and holds them against removal while a task lives.
/// </summary>
internal sealed class HelperContainer : IAsyncDisposable
{
    public const string TaskTarget = "/task";
    public const string CheckoutTarget = "/checkout";
    private static readonly TimeSpan TransferDeadline = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StreamDeadline = TimeSpan.FromMinutes(60);

    private readonly DockerEngine _engine;
    private readonly string _id;

    private HelperContainer(DockerEngine engine, string id)
    {
        _engine = engine;
        _id = id;
    }

    public static async Task<HelperContainer> CreateAsync(
        DockerEngine engine,
        string name,
        IReadOnlyList<Mount> mounts,
        IDictionary<string, string> labels
    )
    {
        var parameters = new CreateContainerParameters
        {
            Name = name,
            Image = ScratchImage.Name,
            Entrypoint = ["/never-started"],
            Labels = labels,
            NetworkDisabled = true,
            HostConfig = new HostConfig
            {
                NetworkMode = "none",
                CapDrop = ["ALL"],
                LogConfig = new LogConfig { Type = "none" },
                Mounts = [.. mounts],
            },
        };
        return new HelperContainer(
            engine,
            await ScratchImage.CreateContainerAsync(engine, "create a container", parameters)
        );
    }

    /// <summary>Unpacks what <paramref name="write"/> writes at the directory: uncompressed, so that nothing is run to read it.</summary>
    public async Task PutAsync(string directory, Action<TarWriter> write, CancellationToken ct)
    {
        using var content = new MemoryStream();
        await using (var tar = new TarWriter(content, TarEntryFormat.Pax, leaveOpen: true))
            write(tar);
        content.Position = 0;
        await _engine.CallAsync(
            "write to a volume",
            (client, token) =>
                client.Containers.ExtractArchiveToContainerAsync(
                    _id,
                    new CopyToContainerParameters { Path = directory },
                    content,
                    token
                ),
            ct,
            TransferDeadline
        );
    }

    /// <summary>Unpacks an uncompressed tar stream of any length at the root, so that no link in it seems to lead out of it.</summary>
    public async Task PutStreamAsync(Func<Stream, CancellationToken, Task> write, CancellationToken ct)
    {
        var pipe = new Pipe();
        var writing = WriteAsync();
        try
        {
            await _engine.CallAsync(
                "write to a volume",
                (client, token) =>
                    client.Containers.ExtractArchiveToContainerAsync(
                        _id,
                        new CopyToContainerParameters { Path = "/" },
                        pipe.Reader.AsStream(),
                        token
                    ),
                ct,
                StreamDeadline
            );
        }
        catch (SandboxException) when (writing.IsFaulted)
        {
            // The stream broke on our side: that is the reason to give.
            await writing;
            throw;
        }
        finally
        {
            await pipe.Reader.CompleteAsync();
            await writing.ContinueWith(
                _ => { },
                CancellationToken.None,
                TaskContinuationOptions.None,
                TaskScheduler.Default
            );
        }

        async Task WriteAsync()
        {
            Exception? failure = null;
            try
            {
                await write(pipe.Writer.AsStream(), ct);
            }
            catch (Exception e)
            {
                failure = e;
                throw;
            }
            finally
            {
                await pipe.Writer.CompleteAsync(failure);
            }
        }
    }

    /// <summary>The file or directory as a tar stream.</summary>
    public async Task<Stream> GetAsync(string path, CancellationToken ct) =>
        (await ArchiveAsync(path, statOnly: false, ct)).Stream!;

    /// <summary>Of a directory that is there. Only its first two entries are read, however much it holds.</summary>
    public async Task<bool> IsEmptyAsync(string directory, CancellationToken ct)
    {
        await using var archive = await GetAsync(directory, ct);
        await using var tar = new TarReader(archive);
        try
        {
            return await tar.GetNextEntryAsync(copyData: false, ct) is not null
                && await tar.GetNextEntryAsync(copyData: false, ct) is null;
        }
        catch (InvalidDataException)
        {
            // Names are bytes, and .NET reads fewer of them than there are: an entry that cannot be read is one.
            return false;
        }
    }

    /// <summary>Null when there is nothing; empty when it is no symbolic link.</summary>
    public async Task<string?> LinkTargetAsync(string path, CancellationToken ct)
    {
        try
        {
            return (await ArchiveAsync(path, statOnly: true, ct)).Stat.LinkTarget ?? "";
        }
        catch (SandboxException e) when (DockerErrors.IsNotFound(e))
        {
            return null;
        }
    }

    public ValueTask DisposeAsync() => new(Removal.ContainerAsync(_engine, _id));

    private Task<ContainerArchiveResponse> ArchiveAsync(string path, bool statOnly, CancellationToken ct) =>
        _engine.CallAsync(
            "read a volume",
            (client, token) =>
                client.Containers.GetArchiveFromContainerAsync(
                    _id,
                    new ContainerPathStatParameters { Path = path },
                    statOnly,
                    token
                ),
            ct
        );
}
