using System.Buffers;
using System.Diagnostics;
using ClawCi.Shared;

namespace ClawCi.ToolServer.Commands;

/// <summary>
/// The life of one command, on one thread: read its output until it has ended, or end it. Nothing here needs a new thread,
/// and memory is bounded, so that neither a fork bomb nor a flood of output takes the server down.
/// </summary>
internal sealed unsafe class CommandRun(ShellProcess shell, int rawBytes = 0)
{
    private const int HeadBytes = 8_000;
    private const int TailBytes = 20_000;
    private const int Terminate = 15;
    private const int ReadBytes = 64 * 1024;

    /// <summary>Silence after which output that others hold open counts as complete.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest wait for that silence.</summary>
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(2);

    /// <summary>Time to end well after SIGTERM.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly Truncation _output = new(HeadBytes, TailBytes);
    private readonly ArrayBufferWriter<byte>? _raw = rawBytes > 0 ? new() : null;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(ReadBytes);
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    public CommandResult Run(TimeSpan timeout, CancellationToken ct)
    {
        using var stop = ct.Register(shell.WakeUp.Set);
        var kills = MemoryLimit.Kills();
        var child = shell.Child;
        var deadline = _clock.Elapsed + timeout;
        ReadUntil(deadline, () => child.HasEnded || ct.IsCancellationRequested);
        var timedOut = !child.HasEnded;
        if (timedOut)
            End(child, new ProcessFamily(child.Pid, shell.Mark), ct);
        ReadUntilQuiet();
        return new(
            child.HasEnded ? child.ExitCode : 128 + 9,
            child.Signal,
            timedOut && !ct.IsCancellationRequested,
            _output,
            LeftRunning: shell.Output >= 0 && !timedOut,
            MemoryKills: MemoryLimit.Kills() - kills,
            Raw: _raw?.WrittenSpan.ToArray()
        );
    }

    private void End(Child child, ProcessFamily family, CancellationToken ct)
    {
        if (!ct.IsCancellationRequested)
        {
            family.Signal(Terminate);
            ReadUntil(_clock.Elapsed + Grace, () => child.HasEnded || ct.IsCancellationRequested);
        }
        family.KillAll();
        ReadUntil(_clock.Elapsed + Drain, () => child.HasEnded);
    }

    private void ReadUntil(TimeSpan deadline, Func<bool> isDone)
    {
        while (!isDone() && _clock.Elapsed < deadline)
            Wait(deadline - _clock.Elapsed);
    }

    private void ReadUntilQuiet()
    {
        var deadline = _clock.Elapsed + Drain;
        while (shell.Output >= 0 && _clock.Elapsed < deadline && Wait(Quiet))
            continue;
    }

    /// <summary>Waits for output or a wake-up, and takes what has come.</summary>
    /// <returns>False when nothing came.</returns>
    private bool Wait(TimeSpan atMost)
    {
        var descriptors = stackalloc CommandLibc.PollFd[2];
        descriptors[0] = new() { Fd = shell.WakeUp.Descriptor, Events = CommandLibc.PollIn };
        // A negative descriptor is passed over.
        descriptors[1] = new() { Fd = shell.Output, Events = CommandLibc.PollIn };
        var milliseconds = (int)Math.Clamp(Math.Ceiling(atMost.TotalMilliseconds), 1, int.MaxValue);
        if (CommandLibc.Poll(descriptors, 2, milliseconds) <= 0)
            return false;
        if (descriptors[0].Returned != 0)
            shell.WakeUp.Clear();
        if (descriptors[1].Returned != 0)
            ReadPipe();
        return true;
    }

    private void ReadPipe()
    {
        nint read;
        fixed (byte* buffer = _buffer)
            read = CommandLibc.Read(shell.Output, buffer, ReadBytes);
        if (read > 0)
            Take(_buffer.AsSpan(0, (int)read));
        else
            shell.CloseOutput();
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        _output.Append(bytes);
        _raw?.Write(bytes[..(int)Math.Min(bytes.Length, rawBytes - _raw.WrittenCount)]);
    }
}
