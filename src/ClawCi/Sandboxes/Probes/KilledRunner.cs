using System.Diagnostics;
using System.Globalization;
using System.Text;
using ClawCi.Sandboxes.Docker;
using ClawCi.Shared;

namespace ClawCi.Sandboxes.Probes;

/// <summary>A runner that was killed with SIGKILL while a process of its sandbox's was at work, and what stayed behind.</summary>
/// <param name="Took">From the kill until the container was gone; null when it was not, in <see cref="Patience"/>.</param>
internal sealed record KilledRunner(int Pid, TimeSpan? Took)
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>What the runner prints when its sandbox is at work: container and process.</summary>
    public static string Ready(string container, int pid) => $"{container} {pid}";

    /// <summary>What the process to be killed does: it does not come back.</summary>
    public static async Task HoldAsync(ProbeRequest request, string checkout, TextWriter output, CancellationToken ct)
    {
        var spec = ProbeGround.Spec(request.Image);
        var owner = new SandboxOwner("sandbox-check", "held");
        var task = await ProbeGround.PrepareAsync(request, checkout, outDirectory: null, spec, owner, ct);
        var sandbox = await task.StartAgentAsync(ct);
        await output.WriteLineAsync(Ready(sandbox.ContainerId, Environment.ProcessId));
        await output.FlushAsync(ct);
        await sandbox.AskAsync(["linger", "held"], TimeSpan.FromMinutes(10), ct);
    }

    public static async Task<KilledRunner> KillAsync(ProbeGround ground, CancellationToken ct)
    {
        using var ready = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await using var output = new FirstLine(() => ready.CancelAsync());
        var words = ground.Request.Holder;
        var holder = new ProcessRequest(words[0], [.. words.Skip(1), ground.Checkout.Checkout])
        {
            Environment = ground.Request.HolderEnvironment,
            Output = output,
            Deadline = StartDeadline,
        };
        try
        {
            var ended = await ProcessRunner.RunAsync(holder, ready.Token);
            throw new SandboxException(
                SandboxFailure.Daemon,
                $"The runner that was to be killed ended by itself: {Encoding.UTF8.GetString(ended.Error).Trim()}"
            );
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Killed, as was the purpose.
        }
        var watch = Stopwatch.StartNew();
        var (container, pid) = output.Line.Split(' ') is [var id, var number]
            ? (id, int.Parse(number, CultureInfo.InvariantCulture))
            : throw new SandboxException(SandboxFailure.Daemon, $"It said '{output.Line}' when it was ready.");
        return new KilledRunner(pid, await IsGoneAsync(ground, container, watch, ct) ? watch.Elapsed : null);
    }

    /// <summary>What of it the daemon still has: found as the next run's sweep finds it.</summary>
    public async Task<Leftovers> LeftAsync(DockerEngine engine, CancellationToken ct)
    {
        var all = await Leftovers.FindAsync(engine, ct);
        return new Leftovers([.. all.Containers.Where(IsIts)], [.. all.Volumes.Where(IsIts)], [], []);
    }

    private bool IsIts(LabelledThing thing) =>
        thing.Labels?.TryGetValue(Labels.Process, out var owner) == true && OwnerProcess.Parse(owner)?.Pid == Pid;

    private static async Task<bool> IsGoneAsync(
        ProbeGround ground,
        string container,
        Stopwatch watch,
        CancellationToken ct
    )
    {
        while (await DaemonView.HasContainerAsync(ground.Request.Engine, container, ct))
        {
            if (watch.Elapsed > Patience)
                return false;
            await Task.Delay(Pause, ct);
        }
        return true;
    }

    /// <summary>Takes what is written up to the first line's end, and then calls.</summary>
    private sealed class FirstLine(Func<Task> onLine) : MemoryStream
    {
        public string Line => Encoding.UTF8.GetString(ToArray()).Split('\n')[0].Trim();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            base.Write(buffer);
            if (buffer.Contains((byte)'\n'))
                _ = onLine();
        }
    }
}
