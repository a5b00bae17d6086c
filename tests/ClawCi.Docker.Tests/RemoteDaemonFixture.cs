using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Docker;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Docker.Tests;

/// <summary>One remote daemon for the tests of a class, and the ways to it.</summary>
public sealed class RemoteDaemonFixture : IAsyncLifetime
{
    private readonly TempDirectory _temp = new("remote");

    internal RemoteDaemon Daemon { get; private set; } = null!;

    internal static SandboxSpec Spec => Sandboxed.Spec with { Image = RemoteDaemon.Image };

    public async ValueTask InitializeAsync() => Daemon = await RemoteDaemon.StartAsync(_temp["daemon"]);

    public async ValueTask DisposeAsync()
    {
        await Daemon.DisposeAsync();
        _temp.Dispose();
    }

    /// <summary>A directory of ours that the daemon does not see.</summary>
    internal string NewCheckout() =>
        Directory.CreateDirectory(Path.Combine(Daemon.Hidden, Path.GetRandomFileName())).FullName;

    /// <param name="host">DOCKER_HOST; null is the daemon's address.</param>
    /// <param name="certs">DOCKER_CERT_PATH; null is the right one, the empty string asks for no TLS.</param>
    internal async Task<DockerEngine> ConnectAsync(string? host = null, string? certs = null)
    {
        certs ??= Daemon.Certs;
        var variables = new DockerVariables(
            host ?? Daemon.Address,
            null,
            certs.Length > 0 ? "1" : null,
            certs,
            null,
            _temp.Path,
            null,
            new Dictionary<string, string>()
        );
        return await DockerEngine.ConnectAsync(
            DockerAccessReader.Read(variables, _ => { }),
            TestContext.Current.CancellationToken
        );
    }

    internal static async Task<TaskSandbox> PrepareAsync(
        DockerEngine engine,
        string checkout,
        string? outDirectory = null
    ) =>
        await TaskSandbox.PrepareAsync(
            engine,
            await ToolServerBinary.LoadAsync(Repository.ToolServer, TestContext.Current.CancellationToken),
            Spec,
            checkout,
            outDirectory,
            Sandboxed.Owner,
            TestContext.Current.CancellationToken
        );
}
