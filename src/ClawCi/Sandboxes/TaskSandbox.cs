using System.Security.Cryptography;
using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Posix;
using ClawCi.Sandboxes.Docker;
using ClawCi.Sandboxes.Egress;
using Docker.DotNet.Models;

namespace ClawCi.Sandboxes;

/// <summary>
/// A task's place to work in Docker: layers above the checkout, and the containers on them. Disposed means: nothing of the
/// task is left in the daemon.
/// </summary>
internal sealed class TaskSandbox : ITaskSandbox
{
    private readonly DockerEngine _engine;
    private readonly ToolServerBinary _toolServer;
    private readonly SandboxSpec _spec;
    private readonly TaskGround _ground;
    private readonly Task<TaskFoundation> _laying;
    private readonly string _user;
    private readonly EgressSettings? _egress;
    private readonly int _attempt;
    private DateTimeOffset? _agentStarted;
    private bool _wasSetUp;
    private readonly Lock _lock = new();
    private readonly List<Sandbox> _sandboxes = [];
    private SandboxException? _condemned;
    private DiskWatch? _watch;
    private Sandbox? _writer;
    private int _checks;
    private int _disposed;

    private TaskSandbox(
        DockerEngine engine,
        ToolServerBinary toolServer,
        SandboxSpec spec,
        TaskGround ground,
        Task<TaskFoundation> laying,
        EgressSettings? egress,
        KeptLayers? kept
    )
    {
        _engine = engine;
        _toolServer = toolServer;
        _spec = spec;
        _ground = ground;
        _laying = laying;
        _user = UserOf(spec, ground.Checkout.Root);
        _egress = egress;
        _agentStarted = kept?.AgentStarted;
        _attempt = kept?.Attempt ?? 1;
        // By the run that was killed, for all that is known here.
        _wasSetUp = kept is not null;
    }

    public SandboxImage? Image => _ground.Image.Image;

    /// <summary>How the sandbox comes to see the checkout: <c>overlay</c> above it, or above a copy that was <c>streamed</c>. Null until that is known.</summary>
    public string? Workspace =>
        !_laying.IsCompletedSuccessfully ? null
        : _laying.Result.Copy is null ? "overlay"
        : "streamed";

    /// <summary>What of the checkout is not in the sandbox.</summary>
    public IReadOnlyList<string> LeftOut => _laying.IsCompletedSuccessfully ? _laying.Result.Copy?.LeftOut ?? [] : [];

    /// <summary>Secret values found in the checkout's git configuration, to be masked wherever text goes.</summary>
    public IReadOnlyList<string> Secrets => _ground.Git.Secrets;

    /// <summary>
    /// Finds out whether there can be a sandbox, and begins to lay its layers: the first container waits for them, the
    /// caller need not.
    /// </summary>
    /// <param name="outDirectory">Hidden from the sandbox when it is inside the checkout. Exists.</param>
    /// <param name="onPull">Told of the image's way here, when it has to come.</param>
    /// <param name="egress">Needed as soon as a container is to reach anything.</param>
    /// <param name="kept">Layers to go on with; null begins with the checkout.</param>
    /// <exception cref="SandboxException">There cannot be one. Nothing is left behind.</exception>
    public static async Task<TaskSandbox> PrepareAsync(
        DockerEngine engine,
        ToolServerBinary toolServer,
        SandboxSpec spec,
        string checkout,
        string? outDirectory,
        SandboxOwner owner,
        CancellationToken ct,
        Action<PullProgress>? onPull = null,
        EgressSettings? egress = null,
        KeptLayers? kept = null
    )
    {
        var ground = await TaskGround.SurveyAsync(engine, toolServer, spec, checkout, outDirectory, onPull, ct);
        var laying = kept is null
            ? TaskFoundation.LayAsync(engine, toolServer, ground, owner, ct)
            : TaskFoundation.ResumeAsync(engine, toolServer, ground, owner, kept, ct);
        return new TaskSandbox(engine, toolServer, spec, ground, laying, egress, kept);
    }

    /// <summary>What it writes lies below the agent's layer once it is disposed. One at a time; a later one goes on where it ended.</summary>
    public async Task<Sandbox> StartSetupAsync(NetworkAccess network, CancellationToken ct)
    {
        await ExpectNobodyWritesAsync();
        _wasSetUp = true;
        return _writer = await StartAsync(TaskLayers.Setup, first: null, network, "setup", ct);
    }

    /// <summary>A later round sees what the earlier ones wrote. One at a time, and after setup.</summary>
    public Task<Sandbox> StartAgentAsync(CancellationToken ct) => StartAgentAsync(first: null, ct);

    public async Task<(Sandbox Sandbox, int Applied)> StartPatchedAgentAsync(byte[] patch, CancellationToken ct)
    {
        var applied = 0;
        var first = new FirstWords(
            ContainerPlan.Patch,
            async (stream, token) => applied = await Replay.SendPatchAsync(stream, patch, _ground.Checkout.Path, token)
        );
        return (await StartAgentAsync(first, ct), applied);
    }

    private async Task<Sandbox> StartAgentAsync(FirstWords? first, CancellationToken ct)
    {
        await ExpectNobodyWritesAsync();
        // Laying them gives the workspace's root a new change time, which is none of the checkout.
        await _laying.WaitAsync(ct);
        // By the kernel's clock and no other: it is compared with the times of files. Setup's files are older than this.
        _agentStarted ??= TimeProvider.System.GetUtcNow().AddMilliseconds(1);
        return _writer = await StartAsync(TaskLayers.Agent, first, _spec.Network, "agent", ct);
    }

    /// <summary>A program of the task file's: beside the agent, or in a container of its own above the base of the workspace.</summary>
    public async Task<SandboxedProgram> StartProgramAsync(ProgramSpec program, CancellationToken ct)
    {
        var foundation = await _laying.WaitAsync(ct);
        var beside = program.Alone is null ? _writer! : await StartAsync(layer: null, null, program.Alone, "mcp", ct);
        try
        {
            return await SandboxedProgram.StartAsync(
                _engine,
                beside.ContainerId,
                foundation.ToolServerPath,
                _spec.Workspace,
                program,
                program.Alone is null ? null : beside,
                ct
            );
        }
        catch when (program.Alone is not null)
        {
            await beside.DisposeAsync();
            throw;
        }
    }

    /// <summary>A fresh layer into which the changes are replayed before anything else happens in it.</summary>
    public async Task<Sandbox> StartChecksAsync(ChangeSet changes, CancellationToken ct)
    {
        var layer = $"check-{_attempt}-{Interlocked.Increment(ref _checks)}";
        var foundation = await _laying;
        await foundation.Helper.PutAsync(
            HelperContainer.TaskTarget,
            tar => foundation.Layers.WriteLayer(tar, layer),
            ct
        );
        var first = new FirstWords(ContainerPlan.Replay, (stream, token) => Replay.SendAsync(stream, changes, token));
        return await StartAsync(layer, first, _spec.Network, "checks", ct);
    }

    /// <summary>What the agent's layer changes against its base, read by a container that it never ran in. Its own must be gone.</summary>
    /// <exception cref="SandboxException">It cannot be read; the message says why.</exception>
    public async Task<ChangeSet> ReadChangesAsync(CancellationToken ct)
    {
        await ExpectNobodyWritesAsync();
        var foundation = await _laying;
        var layers = foundation.Layers;
        if (await foundation.Helper.IsEmptyAsync($"{HelperContainer.TaskTarget}/{TaskLayers.Agent}/upper", ct))
            return ChangeSet.Empty;
        var plan = new WalkPlan(
            NewName(),
            foundation.ToolServerPath,
            ToolServerVolume.NameOf(_toolServer),
            WalkPlan.Arguments(layers.Checkout.HiddenDirectory, _agentStarted, _wasSetUp, layers.IsLinked),
            [
                layers.Base(WalkPlan.BaseTarget, foundation.Labels),
                layers.AgentUpper(WalkPlan.UpperTarget),
                layers.Merged(WalkPlan.MergedTarget, foundation.Labels),
                .. _wasSetUp ? (Mount[])[layers.Own(WalkPlan.CheckoutTarget)] : [],
                .. layers.IsLinked ? (Mount[])[layers.All(WalkPlan.VolumeTarget)] : [],
            ],
            foundation.Labels
        );
        var changes = await ChangeWalk.ReadAsync(_engine, plan.Parameters(), ct);
        return foundation.Copy?.Guard(changes) ?? changes;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        TaskFoundation foundation;
        try
        {
            foundation = await _laying;
        }
        catch (Exception e) when (e is SandboxException or OperationCanceledException)
        {
            // It was said where the layers were needed, and laying them cleans up after itself.
            return;
        }
        if (_watch is not null)
            await _watch.DisposeAsync();
        await foundation.Helper.DisposeAsync();
        await Leftovers.RemoveAsync(_engine, foundation.Layers.Volume);
        await foundation.Sweep;
    }

    /// <summary>What is said to a tool server before it serves.</summary>
    /// <param name="Flag">Of its command line: that it waits for it.</param>
    private sealed record FirstWords(string Flag, Func<Stream, CancellationToken, Task> SayAsync);

    /// <param name="layer">Null sees the base, and writes nothing.</param>
    private async Task<Sandbox> StartAsync(
        string? layer,
        FirstWords? first,
        NetworkAccess network,
        string purpose,
        CancellationToken ct
    )
    {
        var foundation = await _laying.WaitAsync(ct);
        var plan = new ContainerPlan(
            NewName(),
            _spec with
            {
                Env = network.IsNone ? _spec.Env : ProxyVariables.Under(_spec.Env),
                Mounts = MountsOf(foundation),
            },
            _ground.Image,
            _user,
            foundation.ToolServerPath,
            ToolServerVolume.NameOf(_toolServer),
            layer is null
                ? foundation.Layers.Base(_spec.Workspace, foundation.Labels)
                : foundation.Layers.Workspace(_spec.Workspace, layer, foundation.Labels),
            _ground.Checkout.HiddenDirectory,
            first?.Flag,
            foundation.Labels
        );
        var sandbox = await Sandbox.StartAsync(_engine, plan.Parameters(), first?.SayAsync, ct);
        try
        {
            await WatchAsync(sandbox, foundation);
            if (!network.IsNone)
                sandbox.Own(await OpenAsync(network, purpose, sandbox.ContainerId, foundation.ToolServerPath, ct));
            return sandbox;
        }
        catch
        {
            await sandbox.DisposeAsync();
            throw;
        }
    }

    /// <summary>As the daemon names them. One that does not see the checkout does not see this machine.</summary>
    private IReadOnlyList<SandboxMount> MountsOf(TaskFoundation foundation) =>
        [
            .. _spec.Mounts.Select(mount =>
                foundation.Copy is null && _ground.Checkout.ForDaemon(mount.Source) is { } source
                    ? mount with
                    {
                        Source = source,
                    }
                    : throw new SandboxException(
                        SandboxFailure.WorkspaceUnreachable,
                        $"sandbox.mounts: Docker's daemon does not see {mount.Source}; mounts need a daemon on this machine."
                    )
            ),
        ];

    private async Task WatchAsync(Sandbox sandbox, TaskFoundation foundation)
    {
        SandboxException? condemned;
        lock (_lock)
        {
            _sandboxes.RemoveAll(old => old.IsGone);
            _sandboxes.Add(sandbox);
            condemned = _condemned;
            _watch ??= new DiskWatch(
                _engine,
                new WalkPlan(
                    NewName(),
                    foundation.ToolServerPath,
                    ToolServerVolume.NameOf(_toolServer),
                    WalkPlan.WatchArguments(_spec.DiskBytes),
                    [foundation.Layers.All(WalkPlan.VolumeTarget)],
                    foundation.Labels
                ).Parameters(),
                _spec.DiskBytes,
                CondemnAsync
            );
        }
        if (condemned is null)
            return;
        await sandbox.DisposeAsync();
        throw condemned;
    }

    private Task CondemnAsync(SandboxException why)
    {
        lock (_lock)
        {
            _condemned = why;
            return Task.WhenAll(
                _sandboxes.Where(sandbox => !sandbox.IsGone).Select(sandbox => sandbox.CondemnAsync(why))
            );
        }
    }

    private Task<ContainerTunnel> OpenAsync(
        NetworkAccess network,
        string purpose,
        string container,
        string toolServer,
        CancellationToken ct
    ) =>
        _egress is null
            ? throw new InvalidOperationException("A network was asked for, and no way out was given.")
            : ContainerTunnel.OpenAsync(
                _engine,
                container,
                toolServer,
                _egress.Proxy(network, purpose),
                _egress.Limits.ConnectionsAtOnce,
                _egress.Warn,
                ct
            );

    /// <summary>The kernel lets two overlays share a layer, and says nothing of what is in it then.</summary>
    /// <exception cref="SandboxException">The daemon did not remove what wrote there.</exception>
    private async Task ExpectNobodyWritesAsync()
    {
        if (_writer is { IsGone: false })
            throw new InvalidOperationException("The sandbox that writes to this task's layers is still there.");
        if (_writer is not null && !await _writer.EndAsync())
            throw Removal.StillThere(_writer.ContainerId[..12]);
    }

    private static string NewName() => $"claw-ci-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";

    /// <summary>A group is always said: without one the daemon would take the image's word, or the superuser's group.</summary>
    private static string UserOf(SandboxSpec spec, FileStatus root) =>
        spec.User switch
        {
            null => $"{root.User}:{root.Group}",
            var user when user.Contains(':', StringComparison.Ordinal) => user,
            var user when user == $"{root.User}" => $"{user}:{root.Group}",
            var user => $"{user}:{user}",
        };
}
