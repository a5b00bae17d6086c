using System.Diagnostics;
using ClawCi.ChangeSets;
using ClawCi.Sandboxes.Docker;
using ClawCi.Sandboxes.Egress;
using ClawCi.Sandboxes.Workspaces;

namespace ClawCi.Sandboxes.Local;

/// <summary>
/// A task's place to work without a container: a copy of the checkout, and the tool server as a child of this process, as
/// another user where this one is root. It keeps the checkout and the runner's memory from the agent, and nothing else.
/// </summary>
internal sealed class LocalTaskSandbox : ITaskSandbox
{
    private const string SearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private readonly SandboxSpec _spec;
    private readonly LocalPlace _place;
    private readonly string _checkout;
    private readonly string? _hidden;
    private readonly SanitizedGitConfig _git;
    private readonly LocalUser _agent = LocalUser.Choose();
    private LocalProcess? _writer;
    private DateTimeOffset? _agentStarted;
    private bool _hasSetup;
    private int _checks;

    private LocalTaskSandbox(SandboxSpec spec, LocalPlace place, string checkout, string? hidden)
    {
        (_spec, _place, _checkout, _hidden) = (spec, place, checkout, hidden);
        _git = GitConfigSanitizer.Read(checkout);
    }

    public SandboxImage? Image => null;

    public string? Workspace => "copied";

    public IReadOnlyList<string> LeftOut { get; private set; } = [];

    public IReadOnlyList<string> Secrets => _git.Secrets;

    /// <param name="spec">Its workspace is where the copy will be: in a directory that is not there yet.</param>
    /// <exception cref="SandboxException">The checkout cannot be copied. Nothing is left behind.</exception>
    public static async Task<ITaskSandbox> PrepareAsync(
        ToolServerBinary toolServer,
        SandboxSpec spec,
        string checkout,
        string outDirectory,
        CancellationToken ct
    )
    {
        RunnerProcess.Hide();
        var path =
            RealPath.Of(checkout)
            ?? throw new SandboxException(
                SandboxFailure.WorkspaceUnreachable,
                $"Workspace {checkout} is not a directory, or this user may not look into it."
            );
        var sandbox = new LocalTaskSandbox(
            spec,
            LocalPlace.Create(spec.Workspace, toolServer),
            path,
            CheckoutLocation.HiddenBelow(path, outDirectory)
        );
        try
        {
            LocalPlace.MakeHome(spec.Workspace, sandbox._agent);
            await Task.Run(() => sandbox.CopyCheckout(spec.Workspace, sandbox._agent, ct), ct);
            return sandbox;
        }
        catch
        {
            await sandbox.DisposeAsync();
            throw;
        }
    }

    public async Task<Sandbox> StartSetupAsync(NetworkAccess network, CancellationToken ct)
    {
        _hasSetup = true;
        return await StartWriterAsync(first: null, say: null, ct);
    }

    public async Task<Sandbox> StartAgentAsync(CancellationToken ct)
    {
        await BeginAsync(ct);
        return await StartWriterAsync(first: null, say: null, ct);
    }

    public async Task<(Sandbox Sandbox, int Applied)> StartPatchedAgentAsync(byte[] patch, CancellationToken ct)
    {
        await BeginAsync(ct);
        var applied = 0;
        var sandbox = await StartWriterAsync(
            ContainerPlan.Patch,
            async (stream, token) => applied = await Replay.SendPatchAsync(stream, patch, _checkout, token),
            ct
        );
        return (sandbox, applied);
    }

    /// <summary>What is there now is what the agent starts from.</summary>
    private async Task BeginAsync(CancellationToken ct)
    {
        if (_agentStarted is null)
        {
            await ExpectNobodyAsync();
            // What setup made belongs to the base, which is therefore no longer the checkout.
            if (_hasSetup)
                await Task.Run(
                    () => new LocalCopy(null, _place.Keeper).Run(_spec.Workspace, _place.MakeBase(), ct),
                    ct
                );
            _agentStarted = TimeProvider.System.GetUtcNow().AddMilliseconds(1);
        }
    }

    /// <summary>Planning refuses it: what runs there would be the host's.</summary>
    public Task<SandboxedProgram> StartProgramAsync(ProgramSpec program, CancellationToken ct) =>
        throw new NotSupportedException("Without a sandbox no program can run in one.");

    public async Task<Sandbox> StartChecksAsync(ChangeSet changes, CancellationToken ct)
    {
        var user = LocalUser.Choose();
        var workspace = _place.MakeWorkspace($"checks-{++_checks}", user);
        if (_hasSetup)
            await Task.Run(() => new LocalCopy(null, user).Run(_place.Base, workspace, ct), ct);
        else
            await Task.Run(() => CopyCheckout(workspace, user, ct), ct);
        return await Sandbox.ConnectAsync(
            await StartAsync(user, workspace, ContainerPlan.Replay, ct),
            Stopwatch.StartNew(),
            (stream, token) => Replay.SendAsync(stream, changes, token),
            verify: null,
            ct
        );
    }

    public async Task<ChangeSet> ReadChangesAsync(CancellationToken ct)
    {
        await ExpectNobodyAsync();
        List<string> words = ["walk", "--lower", _hasSetup ? _place.Base : _checkout, "--merged", _spec.Workspace];
        if (_hidden is not null)
            words.AddRange(["--exclude", _hidden]);
        if (_hasSetup)
            words.AddRange(["--checkout", _checkout]);
        if (BaseCommit.LinkedIndex(_checkout) is { } index)
            words.AddRange(["--index", index]);
        if (_agentStarted is { } started)
            words.AddRange(["--started", $"{started.ToUnixTimeMilliseconds()}"]);
        await using var walk = await LocalProcess.StartAsync(
            _place.ToolServer,
            words,
            _place.Root,
            new Dictionary<string, string>(),
            long.MaxValue,
            ct
        );
        return await ChangeWalk.ReadAsync(walk, ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (_writer is not null)
            await _writer.DisposeAsync();
        _place.Dispose();
    }

    /// <param name="first">What it waits for before it serves, which <paramref name="say"/> says.</param>
    private async Task<Sandbox> StartWriterAsync(
        string? first,
        Func<Stream, CancellationToken, Task>? say,
        CancellationToken ct
    )
    {
        await ExpectNobodyAsync();
        _writer = await StartAsync(_agent, _spec.Workspace, first, ct);
        return await Sandbox.ConnectAsync(_writer, Stopwatch.StartNew(), say, verify: null, ct);
    }

    private Task<LocalProcess> StartAsync(LocalUser user, string workspace, string? first, CancellationToken ct) =>
        LocalProcess.StartAsync(
            _place.ToolServer,
            [
                "guard",
                $"{user}",
                "serve",
                "--workspace",
                workspace,
                "--lifetime",
                _spec.LifetimeSeconds,
                .. first is null ? (string[])[] : [first],
            ],
            workspace,
            Environment(LocalPlace.HomeOf(workspace)),
            Sandbox.LongestAnswer,
            ct
        );

    private Dictionary<string, string> Environment(string home)
    {
        var environment = ContainerPlan.NonInteractive.ToDictionary();
        environment["HOME"] = home;
        environment["PATH"] = _spec.SearchPath ?? SearchPath;
        foreach (var (name, value) in _spec.Env)
            environment[name] = value;
        return environment;
    }

    private void CopyCheckout(string to, LocalUser user, CancellationToken ct)
    {
        var copy = new LocalCopy(_hidden, user);
        copy.Run(_checkout, to, ct);
        LeftOut = copy.LeftOut;
        foreach (var file in _git.Files)
            File.WriteAllBytes(Path.Combine(to, file.Path), file.Content);
    }

    /// <summary>A process of the agent's that is left could change what is read, or is run, after it.</summary>
    private async Task ExpectNobodyAsync()
    {
        if (_writer is not null && !await _writer.EndAsync())
            throw new SandboxException(
                SandboxFailure.Lost,
                "Processes that the agent started could not be ended, so that what it made cannot be trusted."
            );
    }
}
