using System.Text.Json;
using System.Text.Json.Nodes;
using ClawCi.Events;
using ClawCi.Hooks;
using ClawCi.Runs.Resume;
using ClawCi.Sandboxes;
using ClawCi.Tools;

namespace ClawCi.Runs;

/// <summary>
/// The container that the model's tools run in. It starts while the model is already being asked; the first tool call
/// waits for it.
/// </summary>
internal sealed class AgentSandbox : IAsyncDisposable
{
    private const int MostNamed = 5;
    private const int LongestList = 1000;

    /// <summary>For the last question, when somebody waits for the end.</summary>
    private static readonly TimeSpan LastQuestion = TimeSpan.FromSeconds(1);

    private readonly Task<Sandbox> _start;
    private readonly CancellationTokenSource _failed = new();
    private readonly ToolSet _tools;
    private readonly TaskMedia _media;
    private readonly IRunObserver _events;
    private readonly IReadOnlyList<string> _seen;
    private CancellationTokenRegistration _lost;
    private int _running;

    /// <param name="tools">Of the model; what turns out not to be in the sandbox is taken from it.</param>
    /// <param name="resumed">Whose conversation goes on here: the files that the model has seen it may replace.</param>
    public AgentSandbox(
        ITaskSandbox sandbox,
        ToolSet tools,
        TaskMedia media,
        IRunObserver events,
        Resumption? resumed,
        CancellationToken cancellationToken
    )
    {
        (_tools, _media, _events, _seen) = (tools, media, events, resumed?.Progress.SeenFiles ?? []);
        _start = StartAsync(sandbox, events, cancellationToken);
    }

    /// <summary>
    /// Does the work; ends it at once when the container cannot be started or is lost, and throws the
    /// <see cref="SandboxException"/> that says why.
    /// </summary>
    public async Task<T> WhileUpAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _failed.Token);
        try
        {
            return await work(either.Token);
        }
        catch (OperationCanceledException) when (_failed.IsCancellationRequested)
        {
            throw await (await _start).LossAsync();
        }
    }

    public async Task<ToolOutput> CallAsync(ToolCall call, CancellationToken cancellationToken)
    {
        var sandbox = await _start.WaitAsync(cancellationToken);
        var answer = await sandbox.CallAsync(
            call.Name,
            call.Input,
            commandTimeout: null,
            cancellationToken,
            rawBytes: _media.Blobs.Room
        );
        _running = answer.Running ?? _running;
        var (text, media) = _media.Of(answer);
        return new ToolOutput(
            text,
            answer.IsError,
            answer.ExitCode,
            answer.Bytes,
            answer.Truncated,
            answer.End,
            answer is { Truncated: true, Raw: { } raw } ? _media.Blobs.Keep(raw, answer.Bytes) : null
        )
        {
            Media = media,
            FileSha256 = answer.FileSha256,
        };
    }

    /// <summary>A hook's command beside the model's. What comes back is the sandbox's word.</summary>
    /// <param name="input">What it is told, JSON.</param>
    public async Task<HookEnd> RunHookAsync(Hook hook, string input, CancellationToken cancellationToken)
    {
        var sandbox = await _start.WaitAsync(cancellationToken);
        var call = new JsonObject { ["run"] = hook.Run, ["event"] = input };
        var answer = await sandbox.CallAsync(
            "claw-ci/hook",
            JsonElement.Parse(call.ToJsonString()),
            hook.Timeout,
            cancellationToken,
            rawBytes: SandboxHookAnswer.MaxBytes
        );
        return new(answer.ExitCode, answer.Raw ?? [], [], answer.TimedOut, answer.Truncated, answer.Text);
    }

    /// <summary>Waits until the container is up.</summary>
    /// <exception cref="SandboxException">It cannot be started.</exception>
    public Task UpAsync(CancellationToken cancellationToken) => _start.WaitAsync(cancellationToken);

    /// <summary>The container is gone afterwards.</summary>
    public async ValueTask DisposeAsync()
    {
        await _start.ContinueWith(_ => { }, TaskScheduler.Default);
        await _lost.DisposeAsync();
        if (_start.IsCompletedSuccessfully)
        {
            await using var sandbox = await _start;
            await SayWhatRunsAsync(sandbox);
        }
        _failed.Dispose();
    }

    /// <summary>What is killed with the container should not go unnoticed: the model may have counted on its end.</summary>
    private async Task SayWhatRunsAsync(Sandbox sandbox)
    {
        if (_running == 0 || _failed.IsCancellationRequested)
            return;
        try
        {
            using var limit = new CancellationTokenSource(LastQuestion);
            using var nothing = JsonDocument.Parse("{}");
            var answer = await sandbox.CallAsync("bash_output", nothing.RootElement, commandTimeout: null, limit.Token);
            if (answer.Running is not > 0)
                return;
            var list = answer.Text.Length <= LongestList ? answer.Text : answer.Text[..LongestList] + "…";
            _events.On(
                new Warned(
                    $"Background commands were still running when the conversation ended, and were killed:\n{list}"
                )
            );
        }
        catch (Exception e) when (e is SandboxException or OperationCanceledException)
        {
            // It is going away anyhow, and who needs it to be there hears of it elsewhere.
        }
    }

    /// <summary>The tool server lets nobody replace a file unseen, and remembers no longer than it lives.</summary>
    private async Task SeeAsync(Sandbox sandbox, CancellationToken cancellationToken)
    {
        foreach (var path in _seen.Distinct())
        {
            var input = new JsonObject { ["path"] = path, ["limit"] = 1 };
            await sandbox.CallAsync("read_file", Element(input), commandTimeout: null, cancellationToken);
        }
    }

    private static JsonElement Element(JsonObject value) => JsonElement.Parse(value.ToJsonString());

    private async Task<Sandbox> StartAsync(ITaskSandbox task, IRunObserver events, CancellationToken cancellationToken)
    {
        var up = false;
        try
        {
            var sandbox = await task.StartAgentAsync(cancellationToken);
            _lost = sandbox.Lost.Register(_failed.Cancel);
            events.On(
                new SandboxStarted(
                    "agent",
                    sandbox.ContainerId,
                    (long)sandbox.StartDuration.TotalMilliseconds,
                    task.Workspace
                )
            );
            if (task.LeftOut.Count > 0)
                events.On(
                    new Warned(
                        "Not in the sandbox, because they are neither files nor links: "
                            + string.Join(", ", task.LeftOut.Take(MostNamed))
                            + (task.LeftOut.Count > MostNamed ? $" and {task.LeftOut.Count - MostNamed} more." : ".")
                    )
                );
            if (_tools.Keep(sandbox.Tools) is { Count: > 0 } gone)
                events.On(
                    new Warned($"The image has no shell, so the model is no longer offered {string.Join(", ", gone)}.")
                );
            await SeeAsync(sandbox, cancellationToken);
            up = true;
            return sandbox;
        }
        finally
        {
            if (!up)
                await _failed.CancelAsync();
        }
    }
}
