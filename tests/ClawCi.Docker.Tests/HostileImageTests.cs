using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Docker;
using Xunit;

namespace ClawCi.Docker.Tests;

public sealed class HostileImageTests
{
    [Fact]
    public async Task An_images_own_wishes_change_nothing()
    {
        await using var here = await Sandboxed.CreateAsync();
        await using var image = await DerivedImage.CreateAsync(
            here,
            "wishes",
            "ENTRYPOINT [\"/bin/echo\", \"not you\"]",
            "CMD [\"nor you\"]",
            "USER nobody",
            "WORKDIR /proc/self/fd/7",
            "HEALTHCHECK --interval=1s CMD touch /workspace/unhealthy",
            "VOLUME /data",
            "VOLUME /workspace",
            "ENV HOME=/nowhere CI=false"
        );
        File.WriteAllText(Path.Combine(here.Checkout, "a.txt"), "mine");
        await using var task = await here.PrepareAsync(Sandboxed.Spec with { Image = image.Name });
        await using var sandbox = await task.AgentAsync();
        var answer = await sandbox.BashAsync(
            "pwd; cat a.txt; echo; id -u; echo $HOME $CI; grep ' /data ' /proc/mounts"
        );
        var uid = Owner.Of(here.Checkout).User;
        Assert.Contains($"/workspace\nmine\n{uid}\n/home/claw true\ntmpfs /data tmpfs", answer.Text);
        var made = await here.InspectAsync(sandbox.ContainerId);
        Assert.Equal(["NONE"], made.Config!.Healthcheck!.Test!);
    }

    [Fact]
    public async Task A_volume_inside_the_workspace_is_refused()
    {
        await using var here = await Sandboxed.CreateAsync();
        await using var image = await DerivedImage.CreateAsync(here, "inside", "VOLUME /workspace/data");
        var error = await Assert.ThrowsAsync<SandboxException>(() =>
            here.PrepareAsync(Sandboxed.Spec with { Image = image.Name })
        );
        Assert.Equal(SandboxFailure.ImageUnavailable, error.Failure);
        Assert.Contains("/workspace/data", error.Message);
    }

    [Fact]
    public async Task An_image_with_nothing_in_it_serves_file_tools()
    {
        await using var here = await Sandboxed.CreateAsync();
        File.WriteAllText(Path.Combine(here.Checkout, "a.txt"), "found");
        await ScratchImage.EnsureAsync(here.Engine, TestContext.Current.CancellationToken);
        await using var task = await here.PrepareAsync(Sandboxed.Spec with { Image = ScratchImage.Name });
        await using var sandbox = await task.AgentAsync();
        var answer = await sandbox.CallAsync(
            "read_file",
            Sandboxed.Json("""{"path":"/workspace/a.txt"}"""),
            null,
            TestContext.Current.CancellationToken
        );
        Assert.False(answer.IsError);
        Assert.Contains("found", answer.Text);
    }
}
