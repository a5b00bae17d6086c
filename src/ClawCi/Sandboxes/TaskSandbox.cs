using System.Security.Cryptography;
using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Posix;
using ClawCi.Sandboxes.Docker;
using Docker.DotNet.Models;

namespace ClawCi.Sandboxes;

/// <summary>
/// One task's place to work: the checkout, layers above it, and the containers on them. The checkout itself is never
/// written to. Disposed means: nothing of the task is left in the daemon.
/// </summary>
internal sealed class TaskSandbox : IAsyncDisposable
{
    private readonly DockerEngine _engine;
    private readonly ToolServerBinary _toolServer;
    private readonly SandboxSpec _spec;
    private readonly ResolvedImage _image;
    private readonly TaskLayers _layers;
    private readonly HelperContainer _helper;
    private readonly string _toolServerPath;
    private readonly Dictionary<string, string> _labels;
    private readonly string _user;
    private readonly Task _sweep;
    private DateTimeOffset? _agentStarted;
    private Sandbox? _writer;
    private int _checks;
    private int _disposed;

    private TaskSandbox(TaskFoundation foundation, ToolServerBinary toolServer, SandboxSpec spec)
    {
        _engine = foundation.Engine;
        _toolServer = toolServer;
        _spec = spec;
        _image = foundation.Image;
        _layers = foundation.Layers;
        _helper = foundation.Helper;
        _toolServerPath = foundation.ToolServerPath;
        _labels = foundation.Labels;
        _user = UserOf(spec, foundation.Layers.Checkout.Root);
        _sweep = foundation.Sweep;
        Secrets = foundation.Secrets;
    }

    public SandboxImage Image => _image.Image;

    /// <summary>Secret values found in the checkout's git configuration, to be masked wherever text goes.</summary>
    public IReadOnlyList<string> Secrets { get; }

    /// <param name="outDirectory">Hidden from the sandbox when it is inside the checkout. Exists.</param>
    /// <exception cref="SandboxException">Nothing is left behind.</exception>
    public static async Task<TaskSandbox> PrepareAsync(
        DockerEngine engine,
        ToolServerBinary toolServer,
        SandboxSpec spec,
        string checkout,
        string? outDirectory,
        SandboxOwner owner,
        CancellationToken ct
    )
    {
        var foundation = await TaskFoundation.LayAsync(engine, toolServer, spec, checkout, outDirectory, owner, ct);
        return new TaskSandbox(foundation, toolServer, spec);
    }

    /// <summary>What it writes lies below the agent's layer once it is disposed.</summary>
    public async Task<Sandbox> StartSetupAsync(CancellationToken ct)
    {
        ExpectNobodyWrites();
        return _writer = await StartAsync(TaskLayers.Setup, changes: null, ct);
    }

    /// <summary>A later round sees what the earlier ones wrote. One at a time, and after setup.</summary>
    public async Task<Sandbox> StartAgentAsync(CancellationToken ct)
    {
        ExpectNobodyWrites();
        // By the kernel's clock and no other: it is compared with the times of files. Setup's files are older than this.
        _agentStarted ??= TimeProvider.System.GetUtcNow().AddMilliseconds(1);
        return _writer = await StartAsync(TaskLayers.Agent, changes: null, ct);
    }

    /// <summary>A fresh layer into which the changes are replayed before anything else happens in it.</summary>
    public async Task<Sandbox> StartChecksAsync(ChangeSet changes, CancellationToken ct)
    {
        var layer = $"check-{Interlocked.Increment(ref _checks)}";
        await _helper.PutAsync(HelperContainer.TaskTarget, tar => _layers.WriteLayer(tar, layer), ct);
        return await StartAsync(layer, changes, ct);
    }

    /// <summary>What the agent's layer changes against its base, read by a container that it never ran in. Its own must be gone.</summary>
    /// <exception cref="SandboxException">It cannot be read; the message says why.</exception>
    public async Task<ChangeSet> ReadChangesAsync(CancellationToken ct)
    {
        ExpectNobodyWrites();
        if (await _helper.IsEmptyAsync($"{HelperContainer.TaskTarget}/{TaskLayers.Agent}/upper", ct))
            return ChangeSet.Empty;
        var plan = new WalkPlan(
            NewName(),
            _toolServerPath,
            ToolServerVolume.NameOf(_toolServer),
            WalkPlan.Arguments(_layers.Checkout.HiddenDirectory, _agentStarted),
            [
                _layers.Base(WalkPlan.BaseTarget, _labels),
                _layers.AgentUpper(WalkPlan.UpperTarget),
                _layers.Merged(WalkPlan.MergedTarget, _labels),
            ],
            _labels
        );
        return await ChangeWalk.ReadAsync(_engine, plan.Parameters(), ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _helper.DisposeAsync();
        await Leftovers.RemoveAsync(_engine, _layers.Volume);
        await _sweep;
    }

    private Task<Sandbox> StartAsync(string layer, ChangeSet? changes, CancellationToken ct)
    {
        var plan = new ContainerPlan(
            NewName(),
            _spec,
            _image,
            _user,
            _toolServerPath,
            ToolServerVolume.NameOf(_toolServer),
            _layers.Workspace(_spec.Workspace, layer, _labels),
            _layers.Checkout.HiddenDirectory,
            Replay: changes is not null,
            _labels
        );
        return Sandbox.StartAsync(
            _engine,
            plan.Parameters(),
            changes is null ? null : (stream, token) => Replay.SendAsync(stream, changes, token),
            ct
        );
    }

    /// <summary>The kernel lets two overlays share a layer, and says nothing of what is in it then.</summary>
    private void ExpectNobodyWrites()
    {
        if (_writer is { IsGone: false })
            throw new InvalidOperationException("The sandbox that writes to this task's layers is still there.");
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
