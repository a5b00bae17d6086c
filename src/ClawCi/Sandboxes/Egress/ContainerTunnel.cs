using System.Net.Sockets;
using ClawCi.Sandboxes.Docker;
using ClawCi.Tunnels;
using Docker.DotNet.Models;

namespace ClawCi.Sandboxes.Egress;

/// <summary>
/// A container's way out: a process of ours in it that listens on its loopback, and here the proxy that it leads to. The
/// container itself has no network.
/// </summary>
internal sealed class ContainerTunnel : IAsyncDisposable
{
    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromSeconds(30);

    private readonly AttachedStream _stream;
    private readonly Tunnel _tunnel;
#pragma warning disable CA2213 // Connections look at its token while they end.
    private readonly CancellationTokenSource _over = new();
#pragma warning restore CA2213
    private readonly Task _run;
    private readonly EgressProxy _proxy;
    private readonly TaskCompletionSource _quiet = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Connections that are being served, and one for us.</summary>
    private int _serving = 1;

    private ContainerTunnel(AttachedStream stream, EgressProxy proxy, int atOnce, Action<string> warn)
    {
        _stream = stream;
        _proxy = proxy;
        _tunnel = new Tunnel(stream, stream, ServeAsync, atOnce);
        _run = RunAsync(warn);
    }

    /// <param name="toolServer">Path of the executable in the container.</param>
    /// <param name="warn">Told when the tunnel breaks: the container is without network from then on.</param>
    /// <exception cref="SandboxException">Nothing listens in the container.</exception>
    public static async Task<ContainerTunnel> OpenAsync(
        DockerEngine engine,
        string container,
        string toolServer,
        EgressProxy proxy,
        int atOnce,
        Action<string> warn,
        CancellationToken ct
    )
    {
        var exec = await engine.CallAsync(
            "open the sandbox's network",
            (client, token) =>
                client.Exec.CreateContainerExecAsync(
                    container,
                    new ContainerExecCreateParameters
                    {
                        Cmd = [toolServer, "tunnel", $"{ProxyVariables.Port}"],
                        AttachStdin = true,
                        AttachStdout = true,
                        AttachStderr = true,
                    },
                    token
                ),
            ct
        );
        var attached = await engine.CallAsync(
            "open the sandbox's network",
            (client, token) => client.Exec.StartContainerExecAsync(exec.ID, new ContainerExecStartParameters(), token),
            ct
        );
        var tunnel = new ContainerTunnel(new AttachedStream(attached, long.MaxValue, () => { }), proxy, atOnce, warn);
        try
        {
            await tunnel._tunnel.Ready.WaitAsync(ReadyDeadline, ct);
            return tunnel;
        }
        catch (Exception e) when (e is IOException or TimeoutException && !ct.IsCancellationRequested)
        {
            var errors = tunnel._stream.Errors.Trim();
            await tunnel.DisposeAsync();
            throw new SandboxException(
                SandboxFailure.Lost,
                $"The sandbox's network could not be opened: {(errors.Length == 0 ? e.Message : errors)}",
                e
            );
        }
        catch
        {
            await tunnel.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the connections did has been reported then.</summary>
    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _tunnel.Dispose();
        await _stream.DisposeAsync();
        await _run;
        Served();
        await _quiet.Task;
    }

    private async Task ServeAsync(TunnelConnection connection)
    {
        Interlocked.Increment(ref _serving);
        try
        {
            await _proxy.ServeAsync(connection, _over.Token);
        }
        finally
        {
            Served();
        }
    }

    private void Served()
    {
        if (Interlocked.Decrement(ref _serving) == 0)
            _quiet.SetResult();
    }

    private async Task RunAsync(Action<string> warn)
    {
        try
        {
            await _tunnel.RunAsync(_over.Token);
        }
        catch (Exception e) when (_over.IsCancellationRequested && EgressProxy.IsEnd(e))
        {
            return;
        }
        catch (Exception e) when (e is TunnelException || EgressProxy.IsEnd(e))
        {
            await _over.CancelAsync();
            warn($"The sandbox's network has ended, for what its tunnel did: {e.Message}.");
            return;
        }
        if (!_over.IsCancellationRequested)
            warn("The sandbox's network has ended: its tunnel was killed in the container.");
    }
}
