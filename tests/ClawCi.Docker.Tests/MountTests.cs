using ClawCi.Sandboxes;
using Xunit;

namespace ClawCi.Docker.Tests;

public sealed class MountTests
{
    [Fact]
    public async Task T3_A_mount_can_be_read_and_never_written_nor_what_is_mounted_below_it_seen()
    {
        await using var here = await Sandboxed.CreateAsync();
        var cache = Path.GetDirectoryName(here.Temp.Write("cache/a", "kept"))!;
        Directory.CreateDirectory(Path.Combine(cache, "below"));
        await Shell.RunAsync("mount", "-t", "tmpfs", "tmpfs", Path.Combine(cache, "below"));
        try
        {
            await File.WriteAllTextAsync(
                Path.Combine(cache, "below/secret"),
                "hidden",
                TestContext.Current.CancellationToken
            );
            var spec = Sandboxed.Spec with { Mounts = [new SandboxMount(cache, "/cache/nuget")] };
            await using var task = await here.PrepareAsync(spec);
            await using var agent = await task.AgentAsync();
            Assert.Equal(
                "kept\nbelow\n",
                (await agent.BashAsync("cat /cache/nuget/a; cd /cache/nuget; ls -d below; ls below")).Text.Replace(
                    "kept",
                    "kept\n"
                )
            );
            foreach (var attempt in new[] { "echo x > a", "touch b", "rm a", "chmod 777 a", "mkdir below/x" })
                Assert.NotEqual(0, (await agent.BashAsync($"cd /cache/nuget && {attempt}")).ExitCode);
        }
        finally
        {
            await Shell.RunAsync("umount", Path.Combine(cache, "below"));
        }
        Assert.Equal(
            "kept",
            await File.ReadAllTextAsync(Path.Combine(cache, "a"), TestContext.Current.CancellationToken)
        );
    }
}
