using ClawCi.Sandboxes.Probes;
using Xunit;

namespace ClawCi.Docker.Tests;

/// <summary>The probes of <c>claw-ci sandbox check</c>: all hold in a sandbox, and would not in another container.</summary>
public sealed class ProbeTests
{
    private const string Canary = "canary-5e1f0c7b9d";

    /// <summary>
    /// What must succeed where nothing is in its way, one probe a line. Not here: what this machine's kernel lacks, and what
    /// no container may be given everywhere.
    /// </summary>
    private const string MustSucceed = """
        host-name weak
        write-root
        write-tool-server
        write-sys
        kernel-settings
        foreign-process
        trace-server
        server-memory
        forge-answer
        core-dump
        interfaces
        raw-socket
        user-namespace
        mount-namespace
        mount
        remount-root
        unmount
        pivot-root
        chroot
        make-device
        open-by-handle
        bpf
        perf
        keyring
        userfaultfd
        reboot
        set-clock
        set-host-name
        swap-on
        kernel-log
        accounting
        another-user
        another-group
        priority
        capabilities
        new-privileges
        system-call-filter
        host-file /canary
        setuid-places /tmp
        memory 64
        fill /tmp 8
        send 127.0.0.1:53
        connect 172.17.0.1:22
        connect-socket /run/docker.sock
        environments canary-5e1f0c7b9d
        files canary-5e1f0c7b9d
        hidden-directory / canary
        mount-points /
        """;

    [Fact]
    public async Task Every_attempt_to_break_out_fails()
    {
        await using var here = await Sandboxed.CreateAsync();
        var ct = TestContext.Current.CancellationToken;
        Environment.SetEnvironmentVariable("CLAW_CI_TEST_CANARY", Canary);
        var request = new ProbeRequest(
            here.Engine,
            here.ToolServer,
            Image: null,
            Canary,
            Child.Words("hold-probe"),
            new Dictionary<string, string> { ["CLAW_CI_TEST_CANARY"] = Canary }
        );
        var told = new List<ProbeResult>();
        var results = await SandboxCheck.RunAsync(request, told.Add, ct);
        Assert.Empty(
            results.Where(result => !result.Holds).Select(result => $"{result.Probe.Id}: {result.Finding.Detail}")
        );
        Assert.Equal(ProbeCatalog.All.Select(probe => probe.Id), told.Select(result => result.Probe.Id));
    }

    [Fact]
    public async Task In_a_container_that_nothing_confines_the_same_attempts_succeed()
    {
        await using var here = await Sandboxed.CreateAsync();
        here.Temp.Write("canary", Canary);
        here.Temp.Write(
            "try",
            "while read -r probe; do set -- $probe; echo \"$1 $(/claw/claw-toolserver probe \"$@\" | tail -n 1 | cut -f 1)\"; done < /tries"
        );
        here.Temp.Write("tries", MustSucceed + $"\nnamespaces {new FileInfo("/proc/self/ns/pid").LinkTarget}\n");
        string[] rights =
        [
            "SYS_ADMIN",
            "SYS_PTRACE",
            "SYS_NICE",
            "SYS_TIME",
            "SYSLOG",
            "SYS_BOOT",
            "SYS_PACCT",
            "NET_RAW",
            "DAC_READ_SEARCH",
            "MKNOD",
        ];
        var output = await Shell.OutputAsync(
            "docker",
            [
                "run",
                "--rm",
                "--pid=host",
                "--hostname=weak",
                "--security-opt=seccomp=unconfined",
                "--security-opt=systempaths=unconfined",
                .. rights.Select(right => $"--cap-add={right}"),
                $"--env=CANARY={Canary}",
                "--volume=/var/run/docker.sock:/run/docker.sock",
                "--volume=/sys/fs/cgroup:/sys/fs/cgroup",
                $"--volume={Path.GetDirectoryName(Repository.ToolServer)}:/claw",
                $"--volume={here.Temp["canary"]}:/canary",
                $"--volume={here.Temp["try"]}:/try",
                $"--volume={here.Temp["tries"]}:/tries",
                Sandboxed.Image,
                "sh",
                "/try",
            ]
        );
        var expected = MustSucceed.Split('\n').Append("namespaces").Select(line => $"{line.Split(' ')[0]} broken");
        Assert.Equal(expected, output.TrimEnd().Split('\n'));
    }
}
