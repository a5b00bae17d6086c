using System.Diagnostics;

namespace ClawCi.ToolServer.Commands;

/// <summary>A command that runs while the model does other things. Its output is read by one thread and by offset.</summary>
internal sealed class BackgroundCommand(string id, string text, ShellProcess shell)
{
    private const int WindowBytes = 256 * 1024;
    private const int Terminate = 15;

    /// <summary>Time to end well after SIGTERM.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly OutputWindow _output = new(WindowBytes);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private long _seen;

    public string Id => id;

    public string Text => text;

    public TimeSpan Time => _clock.Elapsed;

    /// <summary>Completes when it has ended.</summary>
    public Task Ended => _ended.Task;

    public Child Child => shell.Child;

    /// <summary>For the thread that reads: what to poll.</summary>
    public (int Output, int WakeUp) Descriptors => (shell.Output, shell.WakeUp.Descriptor);

    /// <summary>For the thread that reads: takes what has come.</summary>
    /// <returns>False when nothing can come any more.</returns>
    public unsafe bool Take(byte[] buffer, bool hasOutput, bool isWoken)
    {
        // The news of its end stays, so that what it left in the pipe is read to the last.
        if (isWoken && !Child.HasEnded)
            shell.WakeUp.Clear();
        if (hasOutput)
        {
            nint read;
            fixed (byte* bytes = buffer)
                read = CommandLibc.Read(shell.Output, bytes, (nuint)buffer.Length);
            if (read > 0)
            {
                lock (_gate)
                    _output.Append(buffer.AsSpan(0, (int)read));
            }
            else
                shell.CloseOutput();
        }
        // Others may hold the pipe; it ends with its leader.
        if (Child.HasEnded && (!hasOutput || shell.Output < 0))
            Finish();
        return !Ended.IsCompleted;
    }

    /// <param name="offset">Null goes on where the last reading ended.</param>
    /// <returns>The bytes, the offset of the first, how many before it are no longer kept, and the offset after all that was written so far.</returns>
    public (byte[] Bytes, long From, long Lost, long End) Read(long? offset, int most)
    {
        lock (_gate)
        {
            var wanted = offset ?? _seen;
            var from = Math.Clamp(wanted, _output.Start, _output.End);
            var bytes = _output.Read(from, most);
            _seen = from + bytes.Length;
            return (bytes, from, Math.Max(0, from - wanted), _output.End);
        }
    }

    /// <summary>Ends it and all it started.</summary>
    public async Task KillAsync()
    {
        var family = new ProcessFamily(Child.Pid, shell.Mark);
        family.Signal(Terminate);
        await Task.WhenAny(Ended, Task.Delay(Grace));
        family.KillAll();
        await Task.WhenAny(Ended, Task.Delay(Grace));
    }

    private void Finish()
    {
        if (_ended.TrySetResult())
        {
            _clock.Stop();
            shell.Dispose();
        }
    }
}
