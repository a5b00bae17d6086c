using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using Docker.DotNet;
using Docker.DotNet.LegacyHttp;
using Docker.DotNet.Unix;
using VersionResponse = Docker.DotNet.Models.VersionResponse;

namespace ClawCi.Sandboxes.Docker;

/// <summary>A connection to a daemon that is there and that we can talk to. Every call has its own deadline.</summary>
internal sealed class DockerEngine : IAsyncDisposable
{
    private static readonly Version OldestApi = new(1, 41);
    private static readonly Version NewestApi = new(1, 54);
    private static readonly TimeSpan ConnectDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(60);

    private readonly DockerClient _client;

    private DockerEngine(DockerClient client, DockerAccess access, string version)
    {
        _client = client;
        Access = access;
        Version = version;
    }

    public DockerAccess Access { get; }

    public Uri Endpoint => Access.Endpoint;

    /// <summary>Containers that are being made at once: more only make each other slower.</summary>
    public SemaphoreSlim Creating { get; } = new(Math.Clamp(2 * Environment.ProcessorCount, 4, 16));

    /// <summary>Those that are being removed: apart, so that a slow removal never holds up a creation.</summary>
    public SemaphoreSlim Removing { get; } = new(4);

    /// <summary>Held while the tool server is brought to the daemon.</summary>
    public SemaphoreSlim BringingToolServer { get; } = new(1);

    /// <summary>The images of this run: each is looked for, and fetched, once.</summary>
    public SingleFlight<ResolvedImage, PullProgress> Images { get; } = new();

    /// <summary>The daemon's own version, such as <c>20.10.24</c>.</summary>
    public string Version { get; }

    public bool IsUnixSocket => Endpoint.Scheme == "unix";

    /// <param name="access">Null is Docker's default socket.</param>
    /// <exception cref="SandboxException">No daemon, no permission, or one that is too old.</exception>
    public static async Task<DockerEngine> ConnectAsync(DockerAccess? access, CancellationToken ct)
    {
        access ??= DockerAccess.Default;
        await KnockAsync(access, ct);
        var unversioned = new DockerEngine(Client(access, null), access, "");
        await using (unversioned)
        {
            var answer = await unversioned.CallAsync(
                "ask for the version",
                (client, token) => client.System.GetVersionAsync(token),
                ct,
                ConnectDeadline
            );
            RefusePodman(answer);
            var api = Negotiate(answer.APIVersion, answer.MinAPIVersion, answer.Version);
            return new DockerEngine(Client(access, api), access, answer.Version);
        }
    }

    public Task CallAsync(
        string what,
        Func<DockerClient, CancellationToken, Task> call,
        CancellationToken ct,
        TimeSpan? deadline = null
    ) =>
        CallAsync(
            what,
            async (client, token) =>
            {
                await call(client, token);
                return true;
            },
            ct,
            deadline
        );

    /// <summary>One call, at most <paramref name="deadline"/> (a minute); every way it can fail is a <see cref="SandboxException"/>.</summary>
    /// <param name="what">Completes "Docker could not …".</param>
    public async Task<T> CallAsync<T>(
        string what,
        Func<DockerClient, CancellationToken, Task<T>> call,
        CancellationToken ct,
        TimeSpan? deadline = null
    )
    {
        var limit = deadline ?? CallDeadline;
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timer.CancelAfter(limit);
        try
        {
            // The library may sit in a read that does not look at its token: the second wait does.
            return await call(_client, timer.Token).WaitAsync(timer.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw DockerErrors.TooSlow(what, limit, Endpoint);
        }
        catch (DockerApiException e)
        {
            throw DockerErrors.Refused(what, e);
        }
        catch (JsonException e)
        {
            throw DockerErrors.NotDocker(Endpoint, e);
        }
        catch (AuthenticationException e)
        {
            throw DockerErrors.Untrusted(Endpoint, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or AggregateException)
        {
            throw DockerErrors.Unreachable(Endpoint, e);
        }
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        Creating.Dispose();
        Removing.Dispose();
        BringingToolServer.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>A bare connection first: only the socket's own error tells "absent" from "not running" from "not allowed".</summary>
    private static async Task KnockAsync(DockerAccess access, CancellationToken ct)
    {
        var endpoint = access.Endpoint;
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timer.CancelAfter(ConnectDeadline);
        try
        {
            if (endpoint.Scheme == "unix")
            {
                using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(endpoint.LocalPath), timer.Token);
            }
            else
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(endpoint.Host, access.Port, timer.Token);
            }
        }
        catch (SocketException e)
        {
            throw DockerErrors.Unreachable(endpoint, e);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw DockerErrors.TooSlow("connect", ConnectDeadline, endpoint);
        }
    }

    /// <summary>Tried with 4.3.1: it cannot give the sandbox its private home, and says so only when the task is under way.</summary>
    private static void RefusePodman(VersionResponse answer)
    {
        if (
            answer.Components?.FirstOrDefault(part =>
                part.Name?.StartsWith("Podman", StringComparison.Ordinal) == true
            ) is
            { } podman
        )
            throw new SandboxException(
                SandboxFailure.HardeningNotEffective,
                $"Podman {podman.Version} answers at Docker's address. It does not make the sandbox as it has to be; claw-ci needs Docker Engine."
            );
    }

    private static Version Negotiate(string? newest, string? oldest, string? server)
    {
        if (!System.Version.TryParse(newest, out var theirs))
            throw new SandboxException(
                SandboxFailure.DaemonUnavailable,
                "What answers at Docker's address names no API version. Is it a Docker daemon?"
            );
        if (theirs < OldestApi)
            throw new SandboxException(
                SandboxFailure.DaemonTooOld,
                $"Docker {server} speaks API {theirs}; claw-ci needs {OldestApi} (Docker 20.10) or newer. Update Docker Engine."
            );
        if (System.Version.TryParse(oldest, out var least) && least > NewestApi)
            throw new SandboxException(
                SandboxFailure.Daemon,
                $"Docker {server} wants API {least} or newer; this claw-ci speaks up to {NewestApi}. Update claw-ci."
            );
        return theirs < NewestApi ? theirs : NewestApi;
    }

    /// <summary>The transports are named, not discovered: the library's newer HTTP transport hangs on attached streams.</summary>
    private static DockerClient Client(DockerAccess access, Version? api)
    {
        var isSocket = access.Endpoint.Scheme == "unix";
        var address = isSocket ? access.Endpoint : new UriBuilder(access.Endpoint) { Port = access.Port }.Uri;
        var builder = new DockerClientBuilder().WithEndpoint(address).WithTimeout(Timeout.InfiniteTimeSpan);
        if (api is not null)
            builder = builder.WithApiVersion(api);
        if (access.Tls is not null)
            builder = builder.WithAuthProvider(access.Tls);
        return isSocket
            ? builder.WithTransportOptions(new UnixSocketTransportOptions()).Build()
            : builder.WithTransportOptions(new LegacyHttpTransportOptions()).Build();
    }
}
