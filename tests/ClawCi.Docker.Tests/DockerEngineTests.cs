using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Docker;
using ClawCi.TestSupport;
using Docker.DotNet.Models;
using Xunit;

namespace ClawCi.Docker.Tests;

public sealed class DockerEngineTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_absent_socket_is_named_with_the_ways_to_have_one()
    {
        using var temp = new TempDirectory();
        var error = await FailAsync(new Uri($"unix://{temp["docker.sock"]}"));
        Assert.Equal(SandboxFailure.DaemonUnavailable, error.Failure);
        Assert.Contains(temp["docker.sock"], error.Message);
        Assert.Contains("DOCKER_HOST", error.Message);
    }

    [Fact]
    public async Task A_socket_that_nobody_listens_on_is_a_daemon_that_does_not_run()
    {
        using var temp = new TempDirectory();
        var error = await FailAsync(new Uri($"unix://{await DeadSocketAsync(temp)}"));
        Assert.Equal(SandboxFailure.DaemonUnavailable, error.Failure);
        Assert.Contains("systemctl start docker", error.Message);
    }

    [Fact]
    public async Task A_socket_that_this_user_may_not_open_asks_for_the_group()
    {
        using var temp = new TempDirectory();
        using var daemon = new FakeDaemon(temp["docker.sock"], _ => FakeDaemon.Version("1.41"));
        File.SetUnixFileMode(temp.Path, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(temp["docker.sock"], UnixFileMode.None);
        string[] asNobody = Environment.IsPrivilegedProcess
            ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
            : [];
        var output = await Child.RunAsync("connect", daemon.Endpoint.ToString(), asNobody);
        Assert.StartsWith("PermissionDenied:", output);
        Assert.Contains("group docker", output);
    }

    [Fact]
    public async Task A_daemon_that_is_too_old_is_told_by_its_version()
    {
        using var temp = new TempDirectory();
        using var daemon = new FakeDaemon(temp["docker.sock"], _ => FakeDaemon.Version("1.40"));
        var error = await FailAsync(daemon.Endpoint);
        Assert.Equal(SandboxFailure.DaemonTooOld, error.Failure);
        Assert.Contains("19.03.0", error.Message);
        Assert.Contains("1.40", error.Message);
    }

    [Fact]
    public async Task Something_that_is_no_daemon_is_not_taken_for_one()
    {
        using var temp = new TempDirectory();
        using var daemon = new FakeDaemon(temp["docker.sock"], _ => "<html>It works!</html>");
        var error = await FailAsync(daemon.Endpoint);
        Assert.Equal(SandboxFailure.DaemonUnavailable, error.Failure);
        Assert.Contains("does not speak like a Docker daemon", error.Message);
    }

    [Fact]
    public async Task Layers_are_not_gone_on_with_while_a_container_of_theirs_may_be_there()
    {
        using var temp = new TempDirectory();
        using var daemon = new FakeDaemon(
            temp["docker.sock"],
            path =>
                path.EndsWith("/version", StringComparison.Ordinal) ? FakeDaemon.Version("1.41")
                : path.Contains("/containers/json", StringComparison.Ordinal) ? """[{"Id":"0","Names":["/stays"]}]"""
                : ""
        );
        await using var engine = await DockerEngine.ConnectAsync(DockerAccess.At(daemon.Endpoint), Now);
        var error = await Assert.ThrowsAsync<SandboxException>(() =>
            Leftovers.RemoveContainersAsync(engine, "layers", Now)
        );
        Assert.Contains("did not remove the container stays", error.Message);
    }

    [Fact]
    public async Task Whether_an_owner_lives_is_one_answer_for_one_look()
    {
        using var owner = System.Diagnostics.Process.Start("sleep", "60")!;
        var stat = await File.ReadAllTextAsync($"/proc/{owner.Id}/stat", Now);
        var started = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];
        var process = new OwnerProcess(
            OwnerProcess.Current.Boot,
            OwnerProcess.Current.Namespace,
            owner.Id,
            long.Parse(started)
        );
        var thing = new LabelledThing(
            "id",
            "name",
            DateTimeOffset.UnixEpoch,
            new Dictionary<string, string> { [Labels.Process] = $"{process}" }
        );
        Assert.True(thing.OwnerLives);
        owner.Kill();
        await owner.WaitForExitAsync(Now);
        Assert.False(process.IsAlive());
        Assert.True(thing.OwnerLives);
        Assert.False(thing.IsLeft(default));
    }

    [Fact]
    public async Task A_call_that_is_never_answered_ends_at_its_deadline()
    {
        using var temp = new TempDirectory();
        using var daemon = new FakeDaemon(
            temp["docker.sock"],
            path => path.EndsWith("/version", StringComparison.Ordinal) ? FakeDaemon.Version("1.41") : null
        );
        await using var engine = await DockerEngine.ConnectAsync(DockerAccess.At(daemon.Endpoint), Now);
        var error = await Assert.ThrowsAsync<SandboxException>(() =>
            engine.CallAsync(
                "list containers",
                (client, ct) => client.Containers.ListContainersAsync(new ContainersListParameters(), ct),
                Now,
                TimeSpan.FromMilliseconds(100)
            )
        );
        Assert.Equal(SandboxFailure.DaemonUnavailable, error.Failure);
        Assert.Contains("did not list containers within", error.Message);
    }

    [Fact]
    public async Task A_full_disk_is_told_from_other_refusals()
    {
        await using var here = await Sandboxed.CreateAsync();
        await ScratchImage.EnsureAsync(here.Engine, Now);
        var name = $"full-{Path.GetFileName(here.Temp.Path).ToLowerInvariant()}";
        var small = new Dictionary<string, string>
        {
            ["type"] = "tmpfs",
            ["device"] = "tmpfs",
            ["o"] = "size=16k",
        };
        await here.Engine.CallAsync(
            "create a volume",
            (client, ct) =>
                client.Volumes.CreateAsync(new VolumesCreateParameters { Name = name, DriverOpts = small }, ct),
            Now
        );
        var mount = new Mount
        {
            Type = "volume",
            Source = name,
            Target = "/task",
        };
        await using (
            var helper = await HelperContainer.CreateAsync(here.Engine, name, [mount], new Dictionary<string, string>())
        )
        {
            var error = await Assert.ThrowsAsync<SandboxException>(() =>
                helper.PutAsync("/task", tar => tar.WriteEntry(here.ToolServer.Path, "big"), Now)
            );
            Assert.Equal(SandboxFailure.NoSpace, error.Failure);
            Assert.Contains("docker image prune", error.Message);
        }
        Assert.True(await Removal.VolumeAsync(here.Engine, name));
    }

    private static Task<SandboxException> FailAsync(Uri endpoint) =>
        Assert.ThrowsAsync<SandboxException>(() => DockerEngine.ConnectAsync(DockerAccess.At(endpoint), Now));

    /// <summary>.NET unlinks the file with its socket; a daemon that was killed does not.</summary>
    private static async Task<string> DeadSocketAsync(TempDirectory temp)
    {
        var path = temp["dead.sock"];
        using var daemon = Child.Start("listen", path);
        await daemon.StandardOutput.ReadLineAsync(Now);
        daemon.Kill();
        await daemon.WaitForExitAsync(Now);
        return path;
    }
}
