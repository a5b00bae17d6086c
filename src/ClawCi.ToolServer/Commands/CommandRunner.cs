using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace ClawCi.ToolServer.Commands;

/// <summary>Runs shell commands in the workspace, a few at a time, each on one of a fixed set of threads.</summary>
internal sealed class CommandRunner
{
    private const int Threads = 4;

    private readonly string _directory;
    private readonly CommandEnvironment _environment;
    private readonly Reaper _reaper = new();
    private readonly BlockingCollection<Action> _queue = [];

    // Distinct from other servers' on the same machine, which matters where there is no container.
    private readonly string _mark = $"CLAW_CI_CALL={Environment.ProcessId}-{Stopwatch.GetTimestamp():x}";
    private int _calls;
    private IReadOnlyList<string>? _shell;

    public CommandRunner(string directory, CommandEnvironment environment)
    {
        (_directory, _environment) = (directory, environment);
        for (var i = 0; i < Threads; i++)
            new Thread(WorkForEver, maxStackSize: 512 * 1024) { IsBackground = true, Name = $"command {i}" }.Start();
    }

    /// <returns>Null when the image has no shell.</returns>
    /// <exception cref="OperationCanceledException">The command was killed, or never started.</exception>
    public Task<CommandResult?> RunAsync(CommandRequest request, CancellationToken ct)
    {
        var answer = new TaskCompletionSource<CommandResult?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Add(() => Answer(answer, request, ct), ct);
        return answer.Task;
    }

    private void WorkForEver()
    {
        foreach (var run in _queue.GetConsumingEnumerable())
            run();
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
        _shell ??= Shell.Find([.. _environment.SearchPath.Split(':'), .. Shell.UsualDirectories]);
        if (_shell is null && request.Program is null)
            return null;
        var mark = _mark + Interlocked.Increment(ref _calls).ToString(CultureInfo.InvariantCulture) + ";";
        using var run = new CommandRun();
        var result = run.Run(
            _reaper,
            request.Program ?? [.. _shell!, request.Command],
            _environment.With(mark),
            _directory,
            request.Timeout,
            ct
        );
        ct.ThrowIfCancellationRequested();
        return result;
    }
}
