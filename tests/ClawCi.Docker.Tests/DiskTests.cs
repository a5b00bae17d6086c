using ClawCi.Sandboxes;
using Xunit;

namespace ClawCi.Docker.Tests;

public sealed class DiskTests
{
    [Fact]
    public async Task T15_A_task_that_writes_more_than_it_may_ends_with_the_reason_and_starts_nothing_more()
    {
        await using var here = await Sandboxed.CreateAsync();
        await using var task = await here.PrepareAsync(Sandboxed.Spec with { DiskBytes = 20 << 20 });
        await using var agent = await task.AgentAsync();
        var error = await Assert.ThrowsAsync<SandboxException>(() =>
            agent.BashAsync("for i in $(seq 30); do head -c 1M /dev/zero > big-$i; done; sleep 60")
        );
        Assert.Equal(SandboxFailure.DiskLimit, error.Failure);
        Assert.Matches("wrote [0-9]+ MiB to the disk; sandbox.disk allows 20 MiB", error.Message);
        await agent.DisposeAsync();
        Assert.Equal(
            SandboxFailure.DiskLimit,
            (await Assert.ThrowsAsync<SandboxException>(() => task.AgentAsync())).Failure
        );
    }
}
