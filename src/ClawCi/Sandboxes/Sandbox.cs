using System.Diagnostics;
using System.Text.Json;
using ClawCi.Sandboxes.Docker;
using Docker.DotNet.Models;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace ClawCi.Sandboxes;

/// <summary>One running tool server, and the calls of its tools. Disposed means: it is gone, with its container where it has one.</summary>
internal sealed class Sandbox : IAsyncDisposable
{
    /// <summary>More than any answer may hold: a tool server that says more is no longer ours.</summary>
    public const long LongestAnswer = 16 << 20;
    private static readonly TimeSpan HandshakeDeadline = TimeSpan.FromSeconds(30);

    private readonly IToolServerProcess _process;
    private readonly McpClient _client;
    private IAsyncDisposable? _network;
    private SandboxException? _condemned;
    private int _disposed;

    private Sandbox(IToolServerProcess process, McpClient client, IReadOnlyList<string> tools, TimeSpan startDuration)
    {
        _process = process;
        _client = client;
        Tools = tools;
        StartDuration = startDuration;
    }

    /// <summary>Of the container; without one, the process in words.</summary>
    public string ContainerId => _process.Id;

    /// <summary>The names of the tools that there are here: without a shell in the image, none that runs commands.</summary>
    public IReadOnlyList<string> Tools { get; }

    /// <summary>From asking for the container to its first answer.</summary>
    public TimeSpan StartDuration { get; }

    /// <summary>Fires when the container ended under us, or was killed because it no longer answered.</summary>
    public CancellationToken Lost => _process.Ended;

    internal bool IsGone => Volatile.Read(ref _disposed) != 0;

    /// <returns>Whether nothing of it can write any more.</returns>
    internal Task<bool> EndAsync() => _process.EndAsync();

    /// <param name="beforeTools">Speaks over the raw stream before the tool protocol begins; null says nothing.</param>
    /// <exception cref="SandboxException">It could not be started, or is not what was asked for. Nothing is left behind.</exception>
    internal static async Task<Sandbox> StartAsync(
        DockerEngine engine,
        CreateContainerParameters parameters,
        Func<Stream, CancellationToken, Task>? beforeTools,
        CancellationToken ct
    )
    {
        var watch = Stopwatch.StartNew();
#pragma warning disable CA2000 // The sandbox owns it; the catch below disposes it when there is no sandbox.
        var container = await AttachedContainer.StartAsync(engine, parameters, LongestAnswer, ct);
#pragma warning restore CA2000
        return await ConnectAsync(
            container,
            watch,
            beforeTools,
            token => VerifyAsync(engine, container.Id, parameters, token),
            ct
        );
    }

    /// <summary>With a tool server that was started.</summary>
    /// <param name="watch">Runs since it was asked for.</param>
    /// <param name="verify">Makes sure, meanwhile, that it is what was asked for; null takes it as it is.</param>
    /// <exception cref="SandboxException">It does not answer, or is not what was asked for. It is gone then.</exception>
    internal static async Task<Sandbox> ConnectAsync(
        IToolServerProcess process,
        Stopwatch watch,
        Func<Stream, CancellationToken, Task>? beforeTools,
        Func<CancellationToken, Task>? verify,
        CancellationToken ct
    )
    {
        try
        {
            var verification = verify?.Invoke(ct) ?? Task.CompletedTask;
            var (client, tools) = await GreetAsync(process, beforeTools, ct);
            try
            {
                await verification;
            }
            catch
            {
                await client.DisposeAsync();
                throw;
            }
            return new Sandbox(process, client, tools, watch.Elapsed);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes over the container's way out, which ends with it.</summary>
    internal void Own(IAsyncDisposable network) => _network = network;

    /// <summary>One tool call. A file tool, too, has a bound: an answer that does not come is a lost sandbox.</summary>
    /// <param name="commandTimeout">What the command may take by the runner's word; null leaves it to the input.</param>
    /// <param name="environment">
    /// In the environment of this command alone. It goes over the stream, so that the daemon never knows it.
    /// </param>
    /// <param name="rawBytes">How much of a command's output to bring as it was, when the answer's text is cut.</param>
    /// <exception cref="SandboxException">Lost: the message says how.</exception>
    public async Task<SandboxAnswer> CallAsync(
        string tool,
        JsonElement input,
        TimeSpan? commandTimeout,
        CancellationToken ct,
        IReadOnlyDictionary<string, string>? environment = null,
        int rawBytes = 0
    )
    {
        var deadline = CallDeadline.For(input, commandTimeout);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct, Lost);
        limit.CancelAfter(deadline);
        try
        {
            var call = SandboxAnswers.Call(tool, input, commandTimeout, environment, rawBytes);
            return SandboxAnswers.From(await _client.CallToolAsync(call, limit.Token), rawBytes);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested && !Lost.IsCancellationRequested)
        {
            var silence = await _process.FindSilenceAsync();
            await _process.DisposeAsync();
            throw LostBecause(
                silence,
                $"The sandbox did not answer {tool} within {deadline.TotalSeconds:0} s and was killed: {silence.Description}."
            );
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw await LossAsync();
        }
        catch (McpProtocolException e)
        {
            return new SandboxAnswer(e.Message, IsError: true, null, TimedOut: false, 0, Truncated: false);
        }
        catch (Exception e) when (e is IOException or McpException or InvalidOperationException)
        {
            throw await LossAsync();
        }
    }

    /// <summary>Ends it from outside; whoever uses it learns why.</summary>
    public async Task CondemnAsync(SandboxException why)
    {
        _condemned = why;
        await _process.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        // The network is over at once; what its connections still have to say keeps no container alive.
        var network = _network is null ? Task.CompletedTask : _network.DisposeAsync().AsTask();
        await _process.DisposeAsync();
        await network;
        await _client.DisposeAsync();
    }

    private static async Task<(McpClient Client, IReadOnlyList<string> Tools)> GreetAsync(
        IToolServerProcess process,
        Func<Stream, CancellationToken, Task>? beforeTools,
        CancellationToken ct
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct, process.Ended);
        try
        {
            if (beforeTools is not null)
                await beforeTools(process.Stream, limit.Token);
            limit.CancelAfter(HandshakeDeadline);
            var client = await McpClient.CreateAsync(
                new StreamClientTransport(process.Stream, process.Stream),
                new McpClientOptions
                {
                    ClientInfo = new Implementation { Name = "claw-ci", Version = "1" },
                },
                loggerFactory: null,
                limit.Token
            );
            var tools = await client.ListToolsAsync(cancellationToken: limit.Token);
            return (client, [.. tools.Select(tool => tool.Name)]);
        }
        catch (Exception e)
            when (!ct.IsCancellationRequested && e is OperationCanceledException or IOException or McpException)
        {
            throw new SandboxException(
                SandboxFailure.Lost,
                $"The sandbox started and its tool server does not answer: {(await process.FindEndAsync()).Description}",
                e
            );
        }
    }

    private static async Task VerifyAsync(
        DockerEngine engine,
        string id,
        CreateContainerParameters parameters,
        CancellationToken ct
    )
    {
        var made = await engine.CallAsync(
            "inspect the sandbox",
            (client, token) => client.Containers.InspectContainerAsync(id, token),
            ct
        );
        if (Hardening.Differences(parameters, made) is { Count: > 0 } differences)
            throw new SandboxException(
                SandboxFailure.HardeningNotEffective,
                $"Docker {engine.Version} did not make the sandbox as asked: {string.Join(", ", differences)}. "
                    + "See docker info for what this daemon cannot do; claw-ci does not run without."
            );
    }

    /// <summary>Why it was lost, for whoever learns it from <see cref="Lost"/> and not from a call.</summary>
    public async Task<SandboxException> LossAsync()
    {
        if (_condemned is { } why)
            return why;
        var end = await _process.FindEndAsync();
        return LostBecause(end, $"The sandbox was lost: {end.Description}.");
    }

    private static SandboxException LostBecause(ContainerEnd end, string message) =>
        new(end.FromInside ? SandboxFailure.LostToAgent : SandboxFailure.Lost, message);
}
