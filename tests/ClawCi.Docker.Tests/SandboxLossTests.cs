using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Docker;
using Docker.DotNet.Models;
using Xunit;

namespace ClawCi.Docker.Tests;

/// <summary>What becomes of a call when the sandbox is taken away around it, from inside and from outside.</summary>
public sealed class SandboxLossTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    /// <summary>`claw-ci clean` takes images along that no run seems to need; a run may need this one at its end.</summary>
    [Fact]
    public async Task A_clean_elsewhere_while_the_agent_works_loses_nothing_of_what_it_made()
    {
        await using var here = await Sandboxed.CreateAsync();
        await using var task = await here.PrepareAsync();
        await using (var agent = await task.AgentAsync())
            await agent.BashAsync("echo made > made.txt");
        await here.Engine.CallAsync(
            "remove an image",
            (client, token) =>
                client.Images.DeleteImageAsync(ScratchImage.Name, new ImageDeleteParameters { Force = true }, token),
            Now
        );

        using var changes = await task.ReadChangesAsync(Now);

        Assert.Equal("made.txt", Assert.Single(changes.Entries).DisplayPath);
    }

    /// <summary>
    /// All that it may delete is its own workspace. That is a change like any other: it is seen in full, so that gates and
    /// checks judge it, and the checkout has not lost a file. The sandbox lives on, also where the agent is the owner of
    /// /dev and has deleted what commands are started with.
    /// </summary>
    [Fact]
    public async Task An_agent_that_deletes_everything_has_deleted_its_workspace_and_nothing_else()
    {
        await using var here = await Sandboxed.CreateAsync();
        string[] files = ["a.txt", "d/b.txt", "d/e/c.txt"];
        foreach (var file in files)
            here.Temp.Write($"checkout/{file}", "kept");
        await using var task = await here.PrepareAsync();
        await using (var agent = await task.AgentAsync())
        {
            var deleted = await agent.BashAsync("rm -rf --no-preserve-root / 2>&1 | tail -n 1; ls -A /workspace");
            Assert.Contains("cannot remove", deleted.Text);
            Assert.DoesNotContain("a.txt", deleted.Text);
            Assert.Equal("alive\n", (await agent.BashAsync("echo alive")).Text);
        }
        using var changes = await task.ReadChangesAsync(Now);
        Assert.Equal(files, changes.Entries.Select(entry => entry.DisplayPath).Order(StringComparer.Ordinal));
        Assert.All(files, file => Assert.Equal("kept", File.ReadAllText(Path.Combine(here.Checkout, file))));
        await using var checks = await task.StartChecksAsync(changes, Now);
        Assert.Equal("0\n", (await checks.BashAsync("find . -type f | wc -l")).Text);
    }

    [Fact]
    public async Task A_paused_container_is_killed_at_the_calls_deadline_and_may_be_tried_again()
    {
        await using var here = await Sandboxed.CreateAsync();
        await using var task = await here.PrepareAsync();
        await using var sandbox = await task.AgentAsync();
        await here.Engine.CallAsync(
            "pause",
            (client, ct) => client.Containers.PauseContainerAsync(sandbox.ContainerId, ct),
            Now
        );
        var error = await Assert.ThrowsAsync<SandboxException>(() =>
            sandbox.BashAsync("true", TimeSpan.FromSeconds(1))
        );
        Assert.Equal(SandboxFailure.Lost, error.Failure);
        Assert.Contains("did not answer bash within 6 s", error.Message);
        Assert.Contains("somebody paused it through Docker", error.Message);
        await Assert.ThrowsAsync<SandboxException>(() => here.InspectAsync(sandbox.ContainerId));
    }

    [Fact]
    public async Task A_container_removed_in_the_middle_of_a_call_is_no_answer_and_may_be_tried_again()
    {
        await using var here = await Sandboxed.CreateAsync();
        await using var task = await here.PrepareAsync();
        await using var sandbox = await task.AgentAsync();
        var call = sandbox.BashAsync("sleep 600");
        await here.Engine.CallAsync(
            "remove",
            (client, ct) =>
                client.Containers.RemoveContainerAsync(
                    sandbox.ContainerId,
                    new ContainerRemoveParameters { Force = true },
                    ct
                ),
            Now
        );
        var error = await Assert.ThrowsAsync<SandboxException>(() => call);
        Assert.Equal(SandboxFailure.Lost, error.Failure);
        Assert.True(sandbox.Lost.IsCancellationRequested);
    }
}
