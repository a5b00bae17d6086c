using ClawCi.Sandboxes;
using Docker.DotNet.Models;
using Xunit;

namespace ClawCi.Docker.Tests;

public sealed class SandboxTests
{
    [Fact]
    public async Task A_command_runs_and_its_exit_code_comes_back()
    {
        await using var here = await Sandboxed.CreateAsync();
        await using var task = await here.PrepareAsync();
        await using var sandbox = await task.AgentAsync();
        var answer = await sandbox.BashAsync("echo hello; exit 3");
        Assert.Contains("hello", answer.Text);
        Assert.Equal(3, answer.ExitCode);
        Assert.False(answer.TimedOut);
        Assert.True(sandbox.StartDuration > TimeSpan.Zero);
    }

    [Fact]
    public async Task Nothing_in_the_container_can_gain_anything()
    {
        await using var here = await Sandboxed.CreateAsync();
        await using var task = await here.PrepareAsync();
        await using var sandbox = await task.AgentAsync();
        var status = await sandbox.BashAsync("cat /proc/self/status");
        Assert.Contains("CapEff:\t0000000000000000", status.Text);
        Assert.Contains("CapBnd:\t0000000000000000", status.Text);
        Assert.Contains("NoNewPrivs:\t1", status.Text);
        Assert.Contains("Seccomp:\t2", status.Text);
        var network = await sandbox.BashAsync("ls /sys/class/net");
        Assert.Equal("lo", network.Text.Trim());
        foreach (
            var attempt in new[] { "touch /x", "touch /etc/x", "mount -t tmpfs x /mnt", "unshare -U true", "chown 1 ." }
        )
            Assert.NotEqual(0, (await sandbox.BashAsync(attempt)).ExitCode);
    }

    [Fact]
    public async Task What_a_program_needs_is_there_and_nothing_of_the_runners_environment()
    {
        await using var here = await Sandboxed.CreateAsync();
        Environment.SetEnvironmentVariable("CLAW_TEST_CANARY", "secret");
        var env = new Dictionary<string, string> { ["MINE"] = "a=b c", ["PAGER"] = "less" };
        await using var task = await here.PrepareAsync(Sandboxed.Spec with { Env = env });
        await using var sandbox = await task.AgentAsync();
        var answer = await sandbox.BashAsync(
            "touch $HOME/x /tmp/x && printf '#!/bin/sh\\necho ran' > /tmp/p && chmod +x /tmp/p && /tmp/p; pwd; env"
        );
        Assert.Contains("ran\n/workspace\n", answer.Text);
        Assert.Contains("MINE=a=b c", answer.Text);
        Assert.Contains("CI=true", answer.Text);
        Assert.DoesNotContain("CANARY", answer.Text);
    }

    [Fact]
    public async Task Limits_are_in_force()
    {
        await using var here = await Sandboxed.CreateAsync();
        await using var task = await here.PrepareAsync(Sandboxed.Spec with { MemoryBytes = 256 << 20, Pids = 50 });
        await using var sandbox = await task.AgentAsync();
        var full = await sandbox.BashAsync("head -c 100M /dev/zero > /tmp/big");
        Assert.NotEqual(0, full.ExitCode);
        Assert.Contains("No space left", full.Text);
        var hungry = await sandbox.BashAsync("rm /tmp/big; python3 -c 'x = bytearray(600 << 20)'");
        Assert.NotEqual(0, hungry.ExitCode);
        var forks = await sandbox.BashAsync("for i in $(seq 100); do sleep 20 & done");
        Assert.Contains("fork", forks.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_timeout_by_the_runners_word_ends_the_command_and_not_the_sandbox()
    {
        await using var here = await Sandboxed.CreateAsync();
        await using var task = await here.PrepareAsync();
        await using var sandbox = await task.AgentAsync();
        var answer = await sandbox.BashAsync("sleep 600", TimeSpan.FromSeconds(1));
        Assert.True(answer.TimedOut);
        Assert.Equal(0, (await sandbox.BashAsync("true")).ExitCode);
    }

    [Fact]
    public async Task A_sandbox_whose_tool_server_no_longer_answers_is_killed_and_lost()
    {
        await using var here = await Sandboxed.CreateAsync();
        await using var task = await here.PrepareAsync();
        await using var sandbox = await task.AgentAsync();
        var error = await Assert.ThrowsAsync<SandboxException>(() =>
            sandbox.BashAsync(Signal("STOP") + "; sleep 600", TimeSpan.FromSeconds(1))
        );
        Assert.Equal(SandboxFailure.LostToAgent, error.Failure);
        Assert.Contains("did not answer bash within", error.Message);
        await AssertGoneAsync(here, sandbox.ContainerId);
    }

    [Fact]
    public async Task A_container_killed_in_the_middle_of_a_call_is_lost_with_the_reason()
    {
        await using var here = await Sandboxed.CreateAsync();
        await using var task = await here.PrepareAsync();
        await using var sandbox = await task.AgentAsync();
        var call = sandbox.BashAsync("sleep 600");
        await here.Engine.CallAsync(
            "kill",
            (client, ct) =>
                client.Containers.KillContainerAsync(sandbox.ContainerId, new ContainerKillParameters(), ct),
            TestContext.Current.CancellationToken
        );
        var error = await Assert.ThrowsAsync<SandboxException>(() => call);
        Assert.Equal(SandboxFailure.Lost, error.Failure);
        Assert.Contains("killed it through Docker (signal 9)", error.Message);
        Assert.True(sandbox.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task A_container_removed_by_force_is_lost_also_for_the_next_call()
    {
        await using var here = await Sandboxed.CreateAsync();
        await using var task = await here.PrepareAsync();
        await using var sandbox = await task.AgentAsync();
        await here.Engine.CallAsync(
            "remove",
            (client, ct) =>
                client.Containers.RemoveContainerAsync(
                    sandbox.ContainerId,
                    new ContainerRemoveParameters { Force = true },
                    ct
                ),
            TestContext.Current.CancellationToken
        );
        for (var i = 0; i < 2; i++)
        {
            var error = await Assert.ThrowsAsync<SandboxException>(() => sandbox.BashAsync("true"));
            Assert.Equal(SandboxFailure.Lost, error.Failure);
        }
    }

    [Fact]
    public async Task A_killed_tool_server_is_a_lost_sandbox()
    {
        await using var here = await Sandboxed.CreateAsync();
        await using var task = await here.PrepareAsync();
        await using var sandbox = await task.AgentAsync();
        var error = await Assert.ThrowsAsync<SandboxException>(() => sandbox.BashAsync(Signal("KILL") + "; sleep 600"));
        Assert.Equal(SandboxFailure.LostToAgent, error.Failure);
        Assert.Contains("tool server was killed", error.Message);
        await sandbox.DisposeAsync();
        await AssertGoneAsync(here, sandbox.ContainerId);
    }

    [Fact]
    public async Task Cancelling_a_call_leaves_the_sandbox_usable()
    {
        await using var here = await Sandboxed.CreateAsync();
        await using var task = await here.PrepareAsync();
        await using var sandbox = await task.AgentAsync();
        using var cancelled = new CancellationTokenSource();
        var call = sandbox.CallAsync("bash", Sandboxed.Json("""{"command":"sleep 600"}"""), null, cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(0, (await sandbox.BashAsync("true")).ExitCode);
    }

    [Fact]
    public async Task A_disposed_sandbox_is_gone_however_often_it_is_disposed()
    {
        await using var here = await Sandboxed.CreateAsync();
        await using var task = await here.PrepareAsync();
        var sandbox = await task.AgentAsync();
        await sandbox.DisposeAsync();
        await sandbox.DisposeAsync();
        await AssertGoneAsync(here, sandbox.ContainerId);
    }

    /// <summary>The agent has the tool server's uid, so it can do this.</summary>
    private static string Signal(string signal) =>
        $"for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline | grep -q '^/claw/.* serve' && kill -{signal} ${{p#/proc/}}; done";

    private static async Task AssertGoneAsync(Sandboxed here, string id)
    {
        var error = await Assert.ThrowsAsync<SandboxException>(() => here.InspectAsync(id));
        Assert.Contains("No such container", error.Message, StringComparison.OrdinalIgnoreCase);
    }
}
