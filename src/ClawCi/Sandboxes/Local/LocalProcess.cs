#pragma warning disable RS0030 // Beside Shared/ProcessRunner: this process is spoken with while it runs.
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using ClawCi.Sandboxes.Docker;

namespace ClawCi.Sandboxes.Local;

/// <summary>
/// The tool server as a child of this process, under its guard: the guard outlives it, kills whatever it started, and
/// only then ends itself.
/// </summary>
internal sealed partial class LocalProcess : IToolServerProcess
{
    private const int Terminate = 15;

    // ETXTBSY.
    private const int Busy = 26;
    private const int MostTries = 200;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly TailBuffer _errors = new();
#pragma warning disable CA2213 // Its token outlives the process: who holds it may look at it at any time.
    private readonly CancellationTokenSource _ended = new();
#pragma warning restore CA2213
    private readonly Task _listening;
    private Task<bool>? _end;

    private LocalProcess(Process process, long longestLine)
    {
        _process = process;
        Stream = new ProcessStream(process, longestLine, _ended.Cancel);
        _listening = ListenAsync(process.StandardError.BaseStream);
    }

    public string Id => $"process {_process.Id}";

    public Stream Stream { get; }

    public CancellationToken Ended => _ended.Token;

    /// <param name="environment">All that the child has; nothing is inherited.</param>
    /// <exception cref="SandboxException">It could not be started.</exception>
    public static async Task<LocalProcess> StartAsync(
        string program,
        IReadOnlyList<string> arguments,
        string directory,
        IReadOnlyDictionary<string, string> environment,
        long longestLine,
        CancellationToken ct
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        for (var tries = 1; ; tries++)
        {
            try
            {
                return new LocalProcess(Process.Start(start)!, longestLine);
            }
            catch (Win32Exception e) when (e.NativeErrorCode == Busy && tries < MostTries)
            {
                // While the program was being copied another task forked, and what it forked has the copy open until it runs its own program.
                await Task.Delay(BetweenTries, ct);
            }
            catch (Win32Exception e)
            {
                throw new SandboxException(SandboxFailure.Daemon, $"{program} could not be started: {e.Message}", e);
            }
        }
    }

    public string Errors => _errors.ToString();

    public async Task<ContainerEnd> FindEndAsync()
    {
        if (!await HasEndedAsync(Grace))
            return await FindSilenceAsync();
        await _listening;
        var errors = Errors.Trim();
        // Only what runs under the guard could end it: nobody else knows of it.
        return new ContainerEnd(
            $"its tool server ended{(errors.Length == 0 ? "" : $"; its last words: {errors}")}",
            FromInside: true
        );
    }

    public Task<ContainerEnd> FindSilenceAsync() =>
        Task.FromResult(new ContainerEnd("its tool server does not answer", FromInside: false));

    /// <summary>Ends it. Its input first: that is what it waits for.</summary>
    /// <returns>Whether all that it had started is known to be gone.</returns>
    public Task<bool> EndAsync() => _end ??= EndOnceAsync();

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        await Stream.DisposeAsync();
        _process.Dispose();
    }

    private async Task<bool> EndOnceAsync()
    {
        _process.StandardInput.BaseStream.Close();
        if (!await HasEndedAsync(Grace))
            _ = Signal(_process.Id, Terminate);
        if (await HasEndedAsync(Patience))
            return _process.ExitCode == 0;
        _process.Kill();
        await HasEndedAsync(Patience);
        return false;
    }

    private async Task<bool> HasEndedAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task ListenAsync(Stream errors)
    {
        var buffer = new byte[4096];
        try
        {
            while (await errors.ReadAsync(buffer) is > 0 and var read)
                _errors.Append(buffer.AsSpan(0, read));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It has ended.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int pid, int signal);
}
