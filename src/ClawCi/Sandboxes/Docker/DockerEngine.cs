using System.Net.Sockets;
using System.Text.Json;
using Docker.DotNet;
using Docker.DotNet.LegacyHttp;
using Docker.DotNet.Unix;

namespace ClawCi.Sandboxes.Docker;

/// <summary>A connection to a daemon that is there and that we can talk to. Every call has its own deadline.</summary>
internal sealed class DockerEngine : IAsyncDisposable
{
    private static readonly Version OldestApi = new(1, 41);
    private static readonly Version NewestApi = new(1, 54);
    private static readonly Uri DefaultEndpoint = new("unix:///var/run/docker.sock");
    private static readonly TimeSpan ConnectDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(60);

    private readonly DockerClient _client;

    private DockerEngine(DockerClient client, Uri endpoint, string version)
    {
        _client = client;
        Endpoint = endpoint;
        Version = version;
    }

    public Uri Endpoint { get; }

    /// <summary>The daemon's own version, such as <c>20.10.24</c>.</summary>
    public string Version { get; }

    public bool IsUnixSocket => Endpoint.Scheme == "unix";

    /// <param name="endpoint"><c>unix:</c> or <c>tcp:</c>; null is Docker's default socket.</param>
    /// <exception cref="SandboxException">No daemon, no permission, or one that is too old.</exception>
    public static async Task<DockerEngine> ConnectAsync(Uri? endpoint, CancellationToken ct)
    {
        endpoint ??= DefaultEndpoint;
        if (endpoint.Scheme is not ("unix" or "tcp"))
            throw new SandboxException(
                SandboxFailure.DaemonUnavailable,
                $"DOCKER_HOST {endpoint}: '{endpoint.Scheme}' is not supported. Use unix:///path/to/docker.sock or tcp://host:port."
            );
        await KnockAsync(endpoint, ct);
        var unversioned = new DockerEngine(Client(endpoint, null), endpoint, "");
        await using (unversioned)
        {
            var answer = await unversioned.CallAsync(
                "ask for the version",
                (client, token) => client.System.GetVersionAsync(token),
                ct,
                ConnectDeadline
            );
            var api = Negotiate(answer.APIVersion, answer.MinAPIVersion, answer.Version);
            return new DockerEngine(Client(endpoint, api), endpoint, answer.Version);
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
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or AggregateException)
        {
            throw DockerErrors.Unreachable(Endpoint, e);
        }
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>A bare connection first: only the socket's own error tells "absent" from "not running" from "not allowed".</summary>
    private static async Task KnockAsync(Uri endpoint, CancellationToken ct)
    {
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
                await socket.ConnectAsync(endpoint.Host, endpoint.Port, timer.Token);
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
    private static DockerClient Client(Uri endpoint, Version? api)
    {
        var builder = new DockerClientBuilder().WithEndpoint(endpoint).WithTimeout(Timeout.InfiniteTimeSpan);
        if (api is not null)
            builder = builder.WithApiVersion(api);
        return endpoint.Scheme == "unix"
            ? builder.WithTransportOptions(new UnixSocketTransportOptions()).Build()
            : builder.WithTransportOptions(new LegacyHttpTransportOptions()).Build();
    }
}
