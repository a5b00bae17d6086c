using System.Collections.Concurrent;

namespace ClawCi.ToolServer.Commands;

/// <summary>Runs shell commands in the workspace, a few at a time, each on one of a fixed set of threads.</summary>
internal sealed class CommandRunner : IDisposable
{
    private const int Threads = 4;

    /// <summary>Milliseconds without work after which an answer is on its way, and a shell for the next call is in nobody's.</summary>
    private const int Lull = 1;

    private readonly Shells _shells;
    private bool _said;
#pragma warning disable CA2213 // Its threads look at it until the process ends.
    private readonly BlockingCollection<Action> _queue = [];
#pragma warning restore CA2213

    public CommandRunner(string directory, CommandEnvironment environment)
    {
        _shells = new(new Reaper(), directory, environment);
        Background = new(_shells);
        _queue.Add(_shells.Prepare);
        for (var i = 0; i < Threads; i++)
            new Thread(WorkForEver, maxStackSize: 512 * 1024) { IsBackground = true, Name = $"command {i}" }.Start();
    }

    public BackgroundCommands Background { get; }

    /// <summary>Whether the image has a shell.</summary>
    public bool HasShell => _shells.Any;

    /// <summary>Which shell takes bash's place, said once; null when there is bash, or it was said.</summary>
    public string? UnusualShell() =>
        _shells.Path is { } path
        && !path.EndsWith("/bash", StringComparison.Ordinal)
        && !Interlocked.Exchange(ref _said, true)
            ? path
            : null;

    /// <returns>Null when the image has no shell.</returns>
    /// <exception cref="OperationCanceledException">The command was killed, or never started.</exception>
    public Task<CommandResult?> RunAsync(CommandRequest request, CancellationToken ct)
    {
        var answer = new TaskCompletionSource<CommandResult?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Add(() => Answer(answer, request, ct), ct);
        return answer.Task;
    }

    public void Dispose() => _shells.Dispose();

    private void WorkForEver()
    {
        while (true)
        {
            _queue.Take()();
            while (_queue.TryTake(out var next, Lull))
                next();
            _shells.Refill();
        }
    }

    private void Answer(TaskCompletionSource<CommandResult?> answer, CommandRequest request, CancellationToken ct)
    {
        try
        {
            ct.ThrowIfCancellationRequested();
            answer.SetResult(Run(request, ct));
        }
        catch (OperationCanceledException)
        {
            answer.SetCanceled(ct);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            answer.SetException(e);
        }
    }

    private CommandResult? Run(CommandRequest request, CancellationToken ct)
    {
        if (!_shells.Any && request.Program is null)
            return null;
        using var shell = request.Program is { } program
            ? _shells.StartProgram(program, request.Environment, out var problem)
            : _shells.Start(request.Command, request.Environment, out problem, request.Input);
        if (shell is null)
            return CommandResult.NotStarted(problem!);
        var result = new CommandRun(shell, request.RawBytes).Run(request.Timeout, ct);
        ct.ThrowIfCancellationRequested();
        return result;
    }
}
