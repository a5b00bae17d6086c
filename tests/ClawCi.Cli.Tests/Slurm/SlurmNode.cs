using System.Diagnostics;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests.Slurm;

/// <summary>
/// Debian's Slurm on one node: munged, slurmctld and slurmd, configured in a directory of their own. They have a network and processes
/// of their own too, so that no port is taken twice; whatever they started is gone with the first of those processes, which ends when
/// its standard input does, however the test ended.
/// </summary>
internal sealed class SlurmNode : IAsyncDisposable
{
    /// <summary>Slurm asks the resolver only where there is an address besides the loopback's. This one is for documentation.</summary>
    private const string Address = "192.0.2.1";

    private const string Daemons = $$"""
        set -eu
        ip link set lo up
        ip address add {{Address}}/32 dev lo
        echo inside
        mungekey --create --keyfile munge.key
        munged --foreground --force --key-file "$PWD/munge.key" --socket "$PWD/munge" --pid-file "$PWD/munged.pid" \
          --log-file "$PWD/munged.log" --seed-file "$PWD/munge.seed" &
        slurmctld -D &
        slurmd -D &
        read -r _ || exit 0
        """;

    private readonly TempDirectory _directory;
    private readonly Process _first;

    private SlurmNode(TempDirectory directory, Process first) => (_directory, _first) = (directory, first);

    public static async Task<SlurmNode> StartAsync()
    {
        foreach (var file in new[] { "munged", "slurmctld", "slurmd" })
            Assert.True(File.Exists($"/usr/sbin/{file}"), $"/usr/sbin/{file} is not there: run eng/setup --tests");
        var directory = new TempDirectory();
        Directory.CreateDirectory(directory["state"]);
        Directory.CreateDirectory(directory["spool"]);
        var name = (await ExampleRun.ShellAsync(directory.Path, "hostname -s")).Trim();
        directory.Write(
            "slurm.conf",
            $"""
            ClusterName=claw
            SlurmctldHost={name}({Address})
            NodeName={name} NodeAddr={Address} CPUs=4
            PartitionName=all Nodes=ALL Default=YES
            SlurmUser=root
            # A job that is queued again waits for cred_expire, which is 120 seconds by default and 5 at least.
            AuthInfo=socket={directory["munge"]},cred_expire=5
            StateSaveLocation={directory["state"]}
            SlurmdSpoolDir={directory["spool"]}
            SlurmctldPidFile={directory["slurmctld.pid"]}
            SlurmdPidFile={directory["slurmd.pid"]}
            SlurmctldLogFile={directory["slurmctld.log"]}
            SlurmdLogFile={directory["slurmd.log"]}
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            MpiDefault=none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_CPU
            SlurmdParameters=config_overrides
            SchedulerType=sched/builtin
            SchedulerParameters=sched_interval=1,batch_sched_delay=0
            """
        );
        var start = new ProcessStartInfo(
            "unshare",
            ["--net", "--pid", "--fork", "--kill-child", "--mount-proc", "bash", "-c", Daemons]
        )
        {
            WorkingDirectory = directory.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["SLURM_CONF"] = directory["slurm.conf"] },
        };
        var node = new SlurmNode(directory, Process.Start(start)!);
        var error = node._first.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            // Until then the process may still be where this one is, and who follows it sees no Slurm there.
            if (await node._first.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) != "inside")
                Assert.Fail($"no place for Slurm: {await error}");
            _ = node._first.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await node.ShellAsync(
                directory.Path,
                "timeout 120 bash -c 'until sinfo --noheader --format %T | grep -qx idle; do sleep 0.1; done' 2>/dev/null"
            );
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>A command where the daemons are, with the built program on the PATH.</summary>
    public async Task<string> ShellAsync(string directory, string command)
    {
        var of = $"/proc/{_first.Id}/ns";
        string[] enter =
        [
            "nsenter",
            $"--net={of}/net",
            $"--mount={of}/mnt",
            $"--pid={of}/pid_for_children",
            $"--wdns={directory}",
            "bash",
            "-c",
        ];
        var environment = new Dictionary<string, string?>
        {
            ["SLURM_CONF"] = _directory["slurm.conf"],
            ["PATH"] = $"{Path.GetDirectoryName(ClawCiProgram.Path)}:{Environment.GetEnvironmentVariable("PATH")}",
        };
        using var process = ClawCiProgram.Start(directory, [command], environment, enter);
        process.StandardInput.Close();
        var end = await ClawCiProgram.EndAsync(process);
        Assert.True(end.ExitCode == 0, $"{command}: exit {end.ExitCode}\n{end.Output}{end.Error}{Logs()}");
        return end.Output;
    }

    /// <summary>Waits until a job, or an element of an array, is in a state.</summary>
    /// <param name="states">Slurm's words, with <c>|</c> between them.</param>
    /// <returns>Which.</returns>
    public async Task<string> UntilAsync(string job, string states) =>
        (
            await ShellAsync(
                _directory.Path,
                $"timeout 120 bash -c \"until scontrol show job {job} | grep -oPm1 'JobState=\\K({states})\\b'; do sleep 0.1; done\" || (squeue; exit 1)"
            )
        ).Trim();

    public async ValueTask DisposeAsync()
    {
        _first.StandardInput.Close();
        await _first.WaitForExitAsync(CancellationToken.None);
        _first.Dispose();
        _directory.Dispose();
    }

    private string Logs() =>
        string.Concat(
            Directory
                .EnumerateFiles(_directory.Path, "*.log")
                .Select(file => $"\n{file}:\n{string.Join('\n', File.ReadLines(file).TakeLast(20))}")
        );
}
