using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ClawCi.ToolServer.Commands;

/// <summary>
/// Where commands get their shell from: one that waits, when there is one and the command fits it, else one started for it.
/// Which of the two it was, a command cannot tell.
/// </summary>
internal sealed class Shells(Reaper reaper, string directory, CommandEnvironment environment) : IDisposable
{
    private const string StartsFile = "BASH_ENV";
    private const string Trial = "exit 42";
    private const int TrialAnswer = 42;
    private static readonly TimeSpan TrialTime = TimeSpan.FromSeconds(5);

    // Distinct from other servers' on the same machine, which matters where there is no container.
    private readonly string _mark = $"CLAW_CI_CALL={Environment.ProcessId}-{Stopwatch.GetTimestamp():x}";
    private readonly IReadOnlyList<string>? _words = Shell.Find([
        .. environment.SearchPath.Split(':'),
        .. Shell.UsualDirectories,
    ]);
    private volatile bool _mayWait;
    private int _calls;
    private WaitingShell? _waiting;

    /// <summary>Whether the image has one.</summary>
    public bool Any => _words is not null;

    /// <summary>Which it is; null when there is none.</summary>
    public string? Path => _words?[0];

    /// <summary>Finds out whether a shell can be made to wait here, and if so has one wait. Takes a few milliseconds.</summary>
    public void Prepare()
    {
        if (_words?[0].EndsWith("/bash", StringComparison.Ordinal) != true || environment.Has(StartsFile))
            return;
        using var trial = StartWaiting();
        using var shell = trial is null ? null : HandOverTrial(trial);
        if (shell is null)
            return;
        var result = new CommandRun(shell).Run(TrialTime, CancellationToken.None);
        _mayWait = result is { ExitCode: TrialAnswer, Output.TotalBytes: 0 };
        Refill();
    }

    /// <summary>Has a shell wait for the next command. For when nobody waits for an answer.</summary>
    public void Refill()
    {
        if (!_mayWait || _waiting is not null)
            return;
        var next = StartWaiting();
        if (Interlocked.CompareExchange(ref _waiting, next, null) is not null)
            next?.Dispose();
    }

    /// <param name="over">What this command alone finds in its environment; a shell that waits has its own already.</param>
    /// <param name="problem">Why there is none.</param>
    /// <param name="input">For its standard input, which a shell that waits has already.</param>
    public ShellProcess? Start(
        string command,
        IReadOnlyList<string> over,
        out string? problem,
        ReadOnlySpan<byte> input = default
    )
    {
        problem = null;
        if (input.Length > 0)
        {
            using var file = InputFile.Of(input, out var error);
            if (file is not null)
                return StartProgram([.. _words!, command], over, out problem, file.Descriptor);
            problem = Marshal.GetPInvokeErrorMessage(error);
            return null;
        }
        if (over.Count == 0 && WaitingShell.Takes(command) && Interlocked.Exchange(ref _waiting, null) is { } waiting)
        {
            var ready = waiting.HandOver(command);
            waiting.Dispose();
            if (ready is not null)
                return ready;
        }
        return StartProgram([.. _words!, command], over, out problem);
    }

    /// <param name="arguments">The program's path first.</param>
    /// <param name="over">As for <see cref="Start"/>.</param>
    /// <param name="problem">Why it was not started.</param>
    public ShellProcess? StartProgram(
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> over,
        out string? problem,
        int input = -1
    )
    {
        var error = ShellProcess.Start(
            reaper,
            arguments,
            environment.With(over, NextMark()),
            directory,
            control: -1,
            out var process,
            input
        );
        problem = process is null ? Marshal.GetPInvokeErrorMessage(error) : null;
        return process;
    }

    public void Dispose() => Interlocked.Exchange(ref _waiting, null)?.Dispose();

    /// <summary>A spawn returns a moment before the kernel has laid out the new program's arguments, which the command is written over.</summary>
    private static ShellProcess? HandOverTrial(WaitingShell trial)
    {
        ShellProcess? shell = null;
        SpinWait.SpinUntil(() => (shell = trial.HandOver(Trial)) is not null || trial.HasEnded, TrialTime);
        return shell;
    }

    private WaitingShell? StartWaiting() =>
        WaitingShell.Start(reaper, _words!, environment.With([], NextMark()), directory);

    private string NextMark() => _mark + Interlocked.Increment(ref _calls).ToString(CultureInfo.InvariantCulture) + ";";
}
