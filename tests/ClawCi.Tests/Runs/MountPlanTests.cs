using ClawCi.Runs.Planning;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Runs;

public sealed class MountPlanTests
{
    [Fact]
    public void A_mount_is_found_below_home_beside_the_task_and_through_links()
    {
        using var planner = new PlannerFixture();
        planner.Files.Write("home/.nuget/packages/a", "");
        planner.Files.Write("data/b", "");
        File.CreateSymbolicLink(planner.Files["link"], "data");
        var plan = Plan(
            planner,
            "{ source: ~/.nuget/packages, target: /cache/nuget }, { source: link, target: /data }"
        );
        Assert.Equal(
            [(planner.Files["home/.nuget/packages"], "/cache/nuget"), (planner.Files["data"], "/data")],
            plan.Tasks[0].Sandbox.Mounts.Select(mount => (mount.Source, mount.Target))
        );
    }

    [Theory]
    [InlineData("/", "holds /proc")]
    [InlineData("/proc/self", "is in /proc")]
    [InlineData("/etc/ssl", "is in /etc")]
    [InlineData("/var/run/../run", "which no sandbox may see")]
    [InlineData("/var/lib", "holds /var/lib/docker")]
    [InlineData("~", "home/.ssh")]
    [InlineData("~/.ssh", "which no sandbox may see")]
    [InlineData("~/.ssh/id", "which no sandbox may see")]
    [InlineData("to-ssh", "which no sandbox may see")]
    [InlineData("workspace", "which no sandbox may see")]
    [InlineData("out/tasks", "which no sandbox may see")]
    [InlineData("absent", "is not there")]
    [InlineData("socket", "neither a directory nor a regular file")]
    public void T3_Where_keys_are_kept_no_sandbox_looks(string source, string message)
    {
        using var planner = new PlannerFixture();
        planner.Files.Write("home/.ssh/id", "");
        planner.Files.Write("out/tasks/a", "");
        File.CreateSymbolicLink(planner.Files["to-ssh"], "home/.ssh");
        using var socket = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.Unix,
            System.Net.Sockets.SocketType.Stream,
            System.Net.Sockets.ProtocolType.Unspecified
        );
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(planner.Files["socket"]));
        Assert.Contains(message, Refused(planner, $"{{ source: \"{source}\", target: /cache }}"));
    }

    [Theory]
    [InlineData("/workspace")]
    [InlineData("/workspace/node_modules")]
    [InlineData("/claw/x")]
    [InlineData("/proc")]
    [InlineData("/home/claw")]
    [InlineData("/home")]
    [InlineData("/tmp")]
    public void What_the_sandbox_itself_needs_is_no_target(string target)
    {
        using var planner = new PlannerFixture();
        planner.Files.Write("data/b", "");
        var message = Refused(planner, $"{{ source: data, target: {target} }}");
        Assert.Contains($"{target} is taken by the sandbox itself", message);
        Assert.StartsWith(planner.Files["task.yaml"], message);
    }

    [Fact]
    public void A_policy_may_forbid_mounts_altogether()
    {
        using var planner = new PlannerFixture();
        planner.Files.Write("data/b", "");
        var policy = planner.Policy("mounts: false\n");
        Assert.Contains(
            "mounts are forbidden by policy.yaml:2",
            Refused(planner, "{ source: data, target: /data }", policy)
        );
        Assert.Empty(Plan(planner, "", policy).Tasks[0].Sandbox.Mounts);
    }

    private static string Refused(PlannerFixture planner, string mounts, string? policy = null) =>
        Assert.Throws<UserErrorException>(() => Plan(planner, mounts, policy)).Message;

    private static ClawCi.Runs.Planning.RunPlan Plan(PlannerFixture planner, string mounts, string? policy = null) =>
        planner.Plan(
            PlannerFixture.Minimal.Replace(
                "\"debian:12\"",
                $"\"debian:12\", mounts: [{mounts}]",
                StringComparison.Ordinal
            ),
            request =>
                request with
                {
                    Environment = new() { Home = planner.Files["home"] },
                    PolicyFile = policy,
                }
        );
}
