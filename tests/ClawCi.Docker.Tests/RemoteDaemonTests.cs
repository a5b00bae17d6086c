using System.Runtime.InteropServices;
using Xunit;

namespace ClawCi.Docker.Tests;

public sealed class RemoteDaemonTests
{
    [Fact]
    public async Task Over_tcp_the_daemon_proves_that_it_sees_the_same_checkout()
    {
        await using var here = await Sandboxed.CreateAsync();
        File.WriteAllText(Path.Combine(here.Checkout, "a.txt"), "found");
        Assert.Equal("found\n", await Child.RunAsync("read-over-tcp", here.Checkout));
        Assert.Single(Directory.GetFileSystemEntries(here.Checkout));
    }

    [Fact]
    public async Task A_daemon_that_sees_another_checkout_is_sent_ours()
    {
        await using var here = await Sandboxed.CreateAsync();
        File.WriteAllText(Path.Combine(here.Checkout, "a.txt"), "theirs");
        var ours = Directory.CreateDirectory(here.Temp["ours"]).FullName;
        File.WriteAllText(Path.Combine(ours, "a.txt"), "ours");
        var output = await Child.RunAsync(
            "read-over-tcp",
            here.Checkout,
            ["unshare", "-m", "sh", "-c", $"mount --bind '{ours}' '{here.Checkout}' && exec \"$0\" \"$@\""]
        );
        Assert.Equal("ours\n", output);
    }

    [Fact]
    public async Task A_runner_in_a_container_finds_itself_and_the_workspace_on_the_host()
    {
        await using var here = await Sandboxed.CreateAsync();
        File.WriteAllText(Path.Combine(here.Checkout, "a.txt"), "found");
        Assert.Equal("found\n", await InContainerAsync(["-v", $"{here.Checkout}:/somewhere"], "/somewhere"));
    }

    [Fact]
    public async Task A_workspace_inside_the_runners_own_container_is_sent_to_the_daemon() =>
        Assert.Equal(
            "inside\n",
            await InContainerAsync(
                [],
                "/srv/project",
                ["sh", "-c", "mkdir /srv/project && printf inside >/srv/project/a.txt && exec \"$0\" \"$@\""]
            )
        );

    private static async Task<string> InContainerAsync(
        IEnumerable<string> mounts,
        string checkout,
        params IEnumerable<string> prefix
    )
    {
        var runtime = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        string[] arguments =
        [
            "run",
            "--rm",
            "--network=none",
            "-v/var/run/docker.sock:/var/run/docker.sock",
            $"-v{Repository.Root}:{Repository.Root}:ro",
            $"-v{runtime}:{runtime}:ro",
            $"-eDOTNET_ROOT={runtime}",
            .. mounts,
            Sandboxed.Image,
            .. prefix,
            .. Child.Command("read", checkout),
        ];
        return await Shell.OutputAsync("docker", arguments);
    }
}
