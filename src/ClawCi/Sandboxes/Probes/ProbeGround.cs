using System.Security.Cryptography;
using ClawCi.Sandboxes.Docker;
using ClawCi.Sandboxes.Egress;

namespace ClawCi.Sandboxes.Probes;

/// <summary>What the probes share: sandboxes made by the code that makes a run's, each when it is first asked for.</summary>
internal sealed class ProbeGround : IAsyncDisposable
{
    private const string RunId = "sandbox-check";
    private readonly CancellationToken _ct;
    private readonly List<TaskSandbox> _tasks = [];
    private readonly List<Sandbox> _sandboxes = [];
    private Task<Sandbox>? _agent;
    private Task<Sandbox>? _narrow;
    private ListedHost? _host;
    private Task<ListedTask>? _listed;
    private Task<HostileTask>? _hostile;
    private Task<KilledRunner>? _killed;

    public ProbeGround(ProbeRequest request, CancellationToken ct)
    {
        Request = request;
        _ct = ct;
        Checkout = new ProbeCheckout(request.Canary);
    }

    public ProbeRequest Request { get; }

    public ProbeCheckout Checkout { get; }

    /// <summary>A short word that no other process on the machine has.</summary>
    public string Name { get; } = $"p{RandomNumberGenerator.GetHexString(12, lowercase: true)}";

    /// <summary>A sandbox as the agent of a task with nothing but defaults has it.</summary>
    public Task<Sandbox> AgentAsync() => _agent ??= StartAgentAsync(Spec(Request.Image));

    /// <summary>The same with little of everything, so that little must be taken to take too much.</summary>
    public Task<Sandbox> NarrowAsync() =>
        _narrow ??= StartAgentAsync(
            Spec(Request.Image) with
            {
                Cpus = 0.5,
                MemoryBytes = (long)Narrow.MemoryMiB << 20,
                Pids = Narrow.Processes,
                TmpBytes = (long)Narrow.TmpMiB << 20,
            }
        );

    /// <summary>A sandbox that may reach one host, which it has reached.</summary>
    public Task<ListedTask> ListedAsync() => _listed ??= ListedTask.StartAsync(this, _host = new ListedHost(), _ct);

    /// <summary>A task whose agent left everything in the workspace that could harm the one who takes it out.</summary>
    public Task<HostileTask> HostileAsync() => _hostile ??= HostileTask.RunAsync(this, _ct);

    /// <summary>A runner that was killed while its sandbox was at work.</summary>
    public Task<KilledRunner> KilledRunnerAsync() => _killed ??= KilledRunner.KillAsync(this, _ct);

    /// <summary>An agent's sandbox, which goes with this ground.</summary>
    public async Task<Sandbox> StartAgentAsync(SandboxSpec spec, EgressSettings? egress = null)
    {
        var sandbox = await (await PrepareAsync(spec, egress: egress)).StartAgentAsync(_ct);
        _sandboxes.Add(sandbox);
        return sandbox;
    }

    /// <summary>Its layers and containers go with this ground, if nobody disposes of it before.</summary>
    /// <param name="taskId">The mark on everything of it in the daemon.</param>
    public async Task<TaskSandbox> PrepareAsync(
        SandboxSpec? spec = null,
        string taskId = "probes",
        EgressSettings? egress = null
    )
    {
        var task = await PrepareAsync(
            Request,
            Checkout.Checkout,
            Checkout.Out,
            spec ?? Spec(Request.Image),
            new SandboxOwner(RunId, taskId),
            _ct,
            egress
        );
        _tasks.Add(task);
        return task;
    }

    /// <summary>As a run prepares it.</summary>
    public static async Task<TaskSandbox> PrepareAsync(
        ProbeRequest request,
        string checkout,
        string? outDirectory,
        SandboxSpec spec,
        SandboxOwner owner,
        CancellationToken ct,
        EgressSettings? egress = null
    )
    {
        if (request.Image is null)
            await ScratchImage.EnsureAsync(request.Engine, ct);
        return await TaskSandbox.PrepareAsync(
            request.Engine,
            request.ToolServer,
            spec,
            checkout,
            outDirectory,
            owner,
            ct,
            egress: egress
        );
    }

    public static SandboxSpec Spec(string? image) =>
        new(
            image ?? ScratchImage.Name,
            image is null ? PullPolicy.Never : PullPolicy.Missing,
            ProbeCheckout.Workspace,
            User: null,
            Cpus: 2,
            MemoryBytes: 1L << 30,
            Pids: 512,
            TmpBytes: 64 << 20,
            new Dictionary<string, string>()
        );

    public async ValueTask DisposeAsync()
    {
        foreach (var sandbox in _sandboxes)
            await sandbox.DisposeAsync();
        if (_host is not null)
            await _host.DisposeAsync();
        if (_hostile is { IsCompletedSuccessfully: true })
            (await _hostile).Dispose();
        foreach (var task in _tasks)
            await task.DisposeAsync();
        Checkout.Dispose();
    }

    /// <summary>What the narrow sandbox has.</summary>
    public static class Narrow
    {
        public const int MemoryMiB = 192;
        public const int Processes = 64;
        public const int TmpMiB = 16;
    }
}
