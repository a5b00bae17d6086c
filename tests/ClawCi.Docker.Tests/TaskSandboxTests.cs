using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Docker;
using ClawCi.Sandboxes.Egress;
using Docker.DotNet.Models;
using Xunit;

namespace ClawCi.Docker.Tests;

public sealed class TaskSandboxTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_checkout_is_never_written_to_and_a_later_round_sees_what_the_first_one_wrote()
    {
        await using var here = await Sandboxed.CreateAsync();
        File.WriteAllText(Path.Combine(here.Checkout, "a.txt"), "old");
        await using var task = await here.PrepareAsync();
        await using (var first = await task.AgentAsync())
            Assert.Equal(0, (await first.BashAsync("echo new > a.txt; mkdir d; touch d/e; rm -f nothing")).ExitCode);
        await using (var second = await task.AgentAsync())
            Assert.Equal("new\nd/e\n", (await second.BashAsync("cat a.txt; ls d/e")).Text);
        Assert.Equal("old", File.ReadAllText(Path.Combine(here.Checkout, "a.txt")));
        Assert.Single(Directory.GetFileSystemEntries(here.Checkout));
    }

    [Fact]
    public async Task What_setup_made_lies_below_the_agent()
    {
        await using var here = await Sandboxed.CreateAsync();
        await using var task = await here.PrepareAsync();
        await using (var setup = await task.StartSetupAsync(NetworkAccess.None, Now))
            Assert.Equal(0, (await setup.BashAsync("echo made > by-setup")).ExitCode);
        await using var agent = await task.AgentAsync();
        Assert.Equal("made\n", (await agent.BashAsync("cat by-setup; rm by-setup")).Text);
    }

    [Fact]
    public async Task Nothing_reads_or_shares_a_layer_that_is_being_written_to()
    {
        await using var here = await Sandboxed.CreateAsync();
        await using var task = await here.PrepareAsync();
        await using var agent = await task.AgentAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => task.AgentAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(() => task.ReadChangesAsync(Now));
    }

    [Fact]
    public async Task The_user_is_the_owner_of_the_checkout_who_can_write_at_its_root()
    {
        await using var here = await Sandboxed.CreateAsync();
        File.SetUnixFileMode(here.Checkout, (UnixFileMode)0b111_101_000);
        if (Environment.IsPrivilegedProcess)
            await Shell.RunAsync("chown", "1234:2345", here.Checkout);
        var root = Owner.Of(here.Checkout);
        await using var task = await here.PrepareAsync();
        await using var agent = await task.AgentAsync();
        var answer = await agent.BashAsync("touch x && id -u && id -g && stat -c '%u:%g %a' . x");
        Assert.Equal(
            $"{root.User}\n{root.Group}\n{root.User}:{root.Group} 750\n{root.User}:{root.Group} 644\n",
            answer.Text
        );
    }

    [Theory]
    [InlineData("a,b")]
    [InlineData("a:b=c")]
    [InlineData("with space and 'quotes' \"too\"")]
    [InlineData("näme\\with\nodd")]
    public async Task A_checkout_may_have_any_name(string name)
    {
        await using var here = await Sandboxed.CreateAsync("name");
        var checkout = Directory.CreateDirectory(Path.Combine(here.Checkout, name)).FullName;
        File.WriteAllText(Path.Combine(checkout, "a.txt"), "found");
        await using var task = await here.PrepareAsync(checkout: checkout);
        await using var agent = await task.AgentAsync();
        Assert.Equal("found", (await agent.BashAsync("cat a.txt")).Text);
    }

    [Fact]
    public async Task The_output_directory_looks_empty_and_takes_no_writes()
    {
        await using var here = await Sandboxed.CreateAsync();
        var output = Path.Combine(here.Checkout, "sub/claw-ci-out");
        Directory.CreateDirectory(output);
        File.WriteAllText(Path.Combine(output, "transcript.jsonl"), "secret");
        await using var task = await here.PrepareAsync(outDirectory: output);
        await using var agent = await task.AgentAsync();
        var answer = await agent.BashAsync("find sub; touch sub/x && touch sub/claw-ci-out/x");
        Assert.StartsWith("sub\nsub/claw-ci-out\n", answer.Text);
        Assert.DoesNotContain("transcript", answer.Text);
        Assert.NotEqual(0, answer.ExitCode);
    }

    [Fact]
    public async Task A_mount_inside_the_checkout_is_refused_by_name()
    {
        await using var here = await Sandboxed.CreateAsync();
        var error = await Assert.ThrowsAsync<SandboxException>(() => here.PrepareAsync(checkout: "/dev"));
        Assert.Equal(SandboxFailure.WorkspaceUnreachable, error.Failure);
        Assert.Matches("^/dev/(pts|shm)", error.Message);
    }

    [Fact]
    public async Task A_checkout_that_is_not_there_is_refused()
    {
        await using var here = await Sandboxed.CreateAsync();
        var error = await Assert.ThrowsAsync<SandboxException>(() => here.PrepareAsync(checkout: here.Temp["nowhere"]));
        Assert.Equal(SandboxFailure.WorkspaceUnreachable, error.Failure);
    }

    [Fact]
    public async Task A_disposed_task_leaves_nothing_and_neither_does_one_whose_layers_could_not_be_laid()
    {
        await using var here = await Sandboxed.CreateAsync();
        var owner = new SandboxOwner($"run-{here.Temp.Path}", "t");
        var task = await TaskSandbox.PrepareAsync(
            here.Engine,
            here.ToolServer,
            Sandboxed.Spec,
            here.Checkout,
            null,
            owner,
            Now
        );
        var agent = await task.AgentAsync();
        Assert.NotEmpty(await OfRunAsync(here, owner));
        await agent.DisposeAsync();
        await task.DisposeAsync();
        await task.DisposeAsync();
        Assert.Empty(await OfRunAsync(here, owner));

        var broken = await TaskSandbox.PrepareAsync(
            here.Engine,
            here.ToolServer with
            {
                Path = here.Temp.Write("other", "not the binary"),
                Sha256 = new string('0', 64),
            },
            Sandboxed.Spec,
            here.Checkout,
            null,
            owner,
            Now
        );
        await Assert.ThrowsAsync<SandboxException>(() => broken.StartAgentAsync(Now));
        await broken.DisposeAsync();
        Assert.Empty(await OfRunAsync(here, owner));
        await Removal.VolumeAsync(here.Engine, "claw-ci-toolserver-0000000000000000");
    }

    [Fact]
    public async Task Runners_that_start_at_once_share_one_tool_server_volume_that_nobody_has_and_bring_it_once_each()
    {
        await using var here = await Sandboxed.CreateAsync();
        var path = here.Temp["claw-toolserver"];
        File.Copy(here.ToolServer.Path, path);
        await File.AppendAllTextAsync(path, $"\n{here.Temp.Path}", Now);
        var fresh = await ToolServerBinary.LoadAsync(path, Now);
        await using var other = await DockerEngine.ConnectAsync(null, Now);
        DockerEngine[] runners = [here.Engine, other];
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(async i =>
                {
                    await using var task = await TaskSandbox.PrepareAsync(
                        runners[i % runners.Length],
                        fresh,
                        Sandboxed.Spec,
                        here.Checkout,
                        null,
                        Sandboxed.Owner,
                        Now
                    );
                    await using var agent = await task.AgentAsync();
                    return (await agent.BashAsync("touch /claw/x || echo read-only; ls -d /claw/*/ | wc -l")).Text;
                })
        );
        Assert.All(answers, answer => Assert.Contains("read-only", answer));
        // Of a runner's tasks the first brings it for all. The link to it counts too.
        Assert.All(answers, answer => Assert.InRange(int.Parse(answer.Trim().Split('\n')[^1]), 2, 3));
        Assert.True(await Removal.VolumeAsync(here.Engine, ToolServerVolume.NameOf(fresh)));
    }

    private static async Task<List<string>> OfRunAsync(Sandboxed here, SandboxOwner owner)
    {
        var filter = new Dictionary<string, IDictionary<string, bool>>
        {
            ["label"] = new Dictionary<string, bool> { [$"{Labels.Run}={owner.RunId}"] = true },
        };
        var containers = await here.Engine.CallAsync(
            "list",
            (client, ct) =>
                client.Containers.ListContainersAsync(
                    new ContainersListParameters { All = true, Filters = filter },
                    ct
                ),
            Now
        );
        var volumes = await here.Engine.CallAsync(
            "list",
            (client, ct) => client.Volumes.ListAsync(new VolumesListParameters { Filters = filter }, ct),
            Now
        );
        return [.. containers.Select(c => c.ID), .. (volumes.Volumes ?? []).Select(v => v.Name)];
    }
}
