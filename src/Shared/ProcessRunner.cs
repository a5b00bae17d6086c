#pragma warning disable RS0030 // This is the one place that starts host processes.
using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;

namespace ClawCi.Shared;

/// <summary>Runs a host process with an explicit environment, capped output and a deadline.</summary>
internal static class ProcessRunner
{
    private const int BrokenPipe = 32;

    /// <summary>What a pipe can hold.</summary>
    private const int LongestRest = 1 << 20;

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
        using var output = new Capture(
            process.StandardOutput.BaseStream,
            request.Output ?? kept,
            request.MaxOutputBytes
        );
        using var error = new Capture(process.StandardError.BaseStream, errors, request.MaxErrorBytes);
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
        output.End();
        error.End();
        await Task.WhenAll(output.Completion, error.Completion).WaitAsync(ct);
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

    /// <summary>Copies what a child writes into a pipe to a stream, up to a cap, and lets go of both when told to.</summary>
    private sealed class Capture : IDisposable
    {
        private readonly Lock _gate = new();
        private readonly CancellationTokenSource _ended = new();
        private readonly Stream _target;
        private long _room;
        private bool _stopped;

        public Capture(Stream source, Stream target, long cap)
        {
            (_target, _room) = (target, cap);
            Completion = CopyAsync(source);
        }

        public Task Completion { get; }

        public bool Truncated { get; private set; }

        /// <summary>
        /// The child has ended, and all that it wrote is in the pipe. A descendant that outlives it may hold the pipe for ever, so
        /// its end is not waited for.
        /// </summary>
        public void End() => _ended.Cancel();

        public void Stop()
        {
            lock (_gate)
                _stopped = true;
            _ended.Cancel();
        }

        public void Dispose() => _ended.Dispose();

        private async Task CopyAsync(Stream source)
        {
            await using (source)
            {
                var buffer = new byte[64 * 1024];
                var ended = _ended.Token;
                try
                {
                    while (await source.ReadAsync(buffer, ended) is > 0 and var read)
                    {
                        if (!Keep(buffer.AsSpan(0, read)))
                            return;
                    }
                }
                catch (OperationCanceledException)
                {
                    await CopyRestAsync(source, buffer);
                }
            }
        }

        /// <summary>A read that would have to wait finds nothing of the child's any more.</summary>
        private async Task CopyRestAsync(Stream source, byte[] buffer)
        {
            for (var left = LongestRest; left > 0; )
            {
                using var wait = new CancellationTokenSource();
                var reading = source.ReadAsync(buffer, wait.Token);
                if (!reading.IsCompleted)
                    await wait.CancelAsync();
                try
                {
                    if (await reading is not (> 0 and var read) || !Keep(buffer.AsSpan(0, read)))
                        return;
                    left -= read;
                }
                catch (OperationCanceledException)
                {
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
