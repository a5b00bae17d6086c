#pragma warning disable RS0030 // This is the one place that starts host processes.
using System.ComponentModel;
using System.Diagnostics;
using System.IO.Pipes;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.Shared;

/// <summary>Runs a host process with an explicit environment, capped output and a deadline.</summary>
internal static class ProcessRunner
{
    private const int BrokenPipe = 32;

    /// <summary>What a pipe can hold.</summary>
    private const int LongestRest = 1 << 20;

    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(125);

    /// <exception cref="Win32Exception">The program or the working directory is not there, or may not be used.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> fired; the child and its descendants are killed.</exception>
    /// <exception cref="IOException">Writing to <see cref="ProcessRequest.Output"/> failed; they are killed.</exception>
    public static async Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        using var kept = new MemoryStream();
        using var errors = new MemoryStream();
        using var process = Start(request);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(request.Deadline);
        var output = new Capture(process.StandardOutput.BaseStream, request.Output ?? kept, request.MaxOutputBytes);
        var error = new Capture(process.StandardError.BaseStream, errors, request.MaxErrorBytes);
        var input = WriteInputAsync(process.StandardInput.BaseStream, request.WriteInput, deadline.Token);
        var timedOut = false;
        try
        {
            await EndAsync(process, input, output, error, deadline.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            timedOut = true;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            output.Stop();
            error.Stop();
        }
        var exitCode = timedOut ? 128 + 9 : process.ExitCode;
        return new(exitCode, kept.ToArray(), errors.ToArray(), timedOut, output.Truncated);
    }

    private static Process Start(ProcessRequest request)
    {
        var start = new ProcessStartInfo(request.Path, request.Arguments)
        {
            WorkingDirectory = request.WorkingDirectory ?? "",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in request.Environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Waits for the child and its output; a failing copy or input ends the wait at once.</summary>
    private static async Task EndAsync(Process process, Task input, Capture output, Capture error, CancellationToken ct)
    {
        var exit = process.WaitForExitAsync(ct);
        List<Task> pending = [exit, input, output.Completion, error.Completion];
        while (!exit.IsCompleted)
        {
            var first = await Task.WhenAny(pending);
            await first;
            pending.Remove(first);
        }
        await exit;
        // A descendant that outlives the child may hold the pipes for ever: wait for what the child itself has written. It is
        // all in the pipes, from which it may come late on a busy machine.
        var drained = Task.WhenAll(output.Completion, error.Completion);
        output.End();
        error.End();
        for (var idle = 0; idle < 2; )
        {
            if (await Task.WhenAny(drained, Task.Delay(Quiet, ct)) == drained)
                break;
            ct.ThrowIfCancellationRequested();
            idle = output.IsIdle() && error.IsIdle() ? idle + 1 : 0;
        }
        if (drained.IsCompleted)
            await drained;
    }

    private static async Task WriteInputAsync(
        Stream stdin,
        Func<Stream, CancellationToken, Task>? write,
        CancellationToken ct
    )
    {
        await using (stdin)
        {
            try
            {
                if (write is not null)
                    await write(stdin, ct);
            }
            catch (IOException e) when (e.HResult == BrokenPipe || e.InnerException is SocketException)
            {
                // The child stopped reading: its exit code and stderr say why.
            }
        }
    }

    /// <summary>Copies a pipe to a stream until its end, up to a cap, and lets go of both when told to.</summary>
    private sealed class Capture
    {
        private readonly Lock _gate = new();
        private readonly SafePipeHandle _pipe;
        private readonly Stream _target;
        private long _room;
        private long _taken;
        private long _takenBefore;
        private long _enough = long.MaxValue;
        private bool _stopped;
        private volatile bool _isTaking;

        public Capture(Stream source, Stream target, long cap)
        {
            _pipe = ((PipeStream)source).SafePipeHandle;
            (_target, _room) = (target, cap);
            Completion = CopyAsync(source);
        }

        public Task Completion { get; }

        public bool Truncated { get; private set; }

        /// <summary>The child has ended: what comes beyond the rest that a pipe can hold is a descendant's.</summary>
        public void End() => _enough = Interlocked.Read(ref _taken) + LongestRest;

        /// <summary>Whether nothing is in the pipe, and nothing came since this was asked before.</summary>
        public bool IsIdle()
        {
            var taken = Interlocked.Read(ref _taken);
            var isSame = taken == _takenBefore;
            _takenBefore = taken;
            return Completion.IsCompleted || taken > _enough || (isSame && !_isTaking && IsEmpty());
        }

        private bool IsEmpty()
        {
            try
            {
                return PipeCalls.Ioctl(_pipe, PipeCalls.BytesToRead, out var waiting) != 0 || waiting == 0;
            }
            catch (ObjectDisposedException)
            {
                return true;
            }
        }

        public void Stop()
        {
            lock (_gate)
                _stopped = true;
        }

        private async Task CopyAsync(Stream source)
        {
            await using (source)
            {
                var buffer = new byte[64 * 1024];
                while (await source.ReadAsync(buffer) is > 0 and var read)
                {
                    _isTaking = true;
                    var isKept = Keep(buffer.AsSpan(0, read));
                    Interlocked.Add(ref _taken, read);
                    _isTaking = false;
                    if (!isKept)
                        return;
                }
            }
        }

        private bool Keep(ReadOnlySpan<byte> bytes)
        {
            lock (_gate)
            {
                if (_stopped)
                    return false;
                var fits = (int)Math.Min(_room, bytes.Length);
                _target.Write(bytes[..fits]);
                _room -= fits;
                Truncated |= fits < bytes.Length;
                return true;
            }
        }
    }
}
