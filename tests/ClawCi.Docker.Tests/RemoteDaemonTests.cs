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
    public async Task A_daemon_that_sees_another_checkout_gets_no_task()
    {
        await using var here = await Sandboxed.CreateAsync();
        File.WriteAllText(Path.Combine(here.Checkout, "a.txt"), "theirs");
        var ours = Directory.CreateDirectory(here.Temp["ours"]).FullName;
        var output = await Child.RunAsync(
            "read-over-tcp",
            here.Checkout,
            ["unshare", "-m", "sh", "-c", $"mount --bind '{ours}' '{here.Checkout}' && exec \"$0\" \"$@\""]
        );
        Assert.StartsWith("WorkspaceUnreachable:", output);
        Assert.Contains("-v /path/there:", output);
    }

    [Fact]
    public async Task A_runner_in_a_container_finds_itself_and_the_workspace_on_the_host()
    {
        await using var here = await Sandboxed.CreateAsync();
        File.WriteAllText(Path.Combine(here.Checkout, "a.txt"), "found");
        Assert.Equal("found\n", await InContainerAsync(["-v", $"{here.Checkout}:/somewhere"], "/somewhere"));
    }

    [Fact]
    public async Task A_workspace_inside_the_runners_own_image_is_refused_with_the_remedy()
    {
        var output = await InContainerAsync([], "/var/lib");
        Assert.StartsWith("WorkspaceUnreachable:", output);
        Assert.Contains("docker run -v \"$PWD\":/var/lib", output);
    }

    private static async Task<string> InContainerAsync(IEnumerable<string> mounts, string checkout)
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
            .. Child.Command("read", checkout),
        ];
        return await Shell.OutputAsync("docker", arguments);
    }
}
