using ClawCi.Runs;
using ClawCi.Runs.Planning;
using ClawCi.Sandboxes;
using Xunit;

namespace ClawCi.Tests.Runs;

public sealed class SandboxChoiceTests
{
    [Fact]
    public void Docker_it_is_unless_flag_or_environment_say_otherwise_and_the_flag_wins()
    {
        using var fixture = new PlannerFixture();
        Assert.Equal(SandboxKind.Docker, Kind(fixture, null, null));
        Assert.Equal(SandboxKind.None, Kind(fixture, null, "none"));
        Assert.Equal(SandboxKind.None, Kind(fixture, "none", "docker"));
        Assert.Equal(SandboxKind.Docker, Kind(fixture, "docker", "none"));
    }

    [Fact]
    public void A_policy_that_insists_on_docker_refuses_none_with_its_place()
    {
        using var fixture = new PlannerFixture();
        var policy = fixture.Policy("sandbox: docker");
        foreach (var change in new[] { Operator(policy), Callers(policy) })
            Assert.Equal(
                "policy.yaml:2:1: this policy insists on a sandbox, and --sandbox says `none`",
                fixture.Errors(PlannerFixture.Minimal, change)
            );
    }

    [Theory]
    [InlineData("network: none", "bounds the network, which only a sandbox does")]
    [InlineData("images: [\"debian:12\"]", "bounds the images, which only a sandbox has")]
    public void A_policy_whose_bounds_only_a_sandbox_holds_refuses_none(string policy, string because)
    {
        using var fixture = new PlannerFixture();
        Assert.Equal(
            $"policy.yaml:2:1: this policy {because}, and --sandbox says `none`",
            fixture.Errors(PlannerFixture.Minimal, Operator(fixture.Policy(policy)))
        );
    }

    [Fact]
    public void Without_a_sandbox_bash_needs_full_access_which_only_a_policy_grants()
    {
        using var fixture = new PlannerFixture();
        var full = fixture.Policy("mode: danger-full-access");
        Assert.True(None(fixture, request => request).Policy.Hides("bash"));
        Assert.False(None(fixture, request => request).Policy.Hides("edit_file"));
        Assert.False(None(fixture, request => request with { PolicyFile = full }).Policy.Hides("bash"));
        Assert.True(
            None(fixture, request => request with { Environment = new() { PermissionMode = "danger-full-access" } })
                .Policy.Hides("bash")
        );
    }

    [Fact]
    public void Without_a_sandbox_the_workspace_is_a_directory_of_the_runs_own()
    {
        using var fixture = new PlannerFixture();
        var task = None(fixture, request => request);
        Assert.EndsWith("-fix-it/workspace", task.Sandbox.Workspace);
        Assert.DoesNotContain(task.Origins, origin => origin.Key == "sandbox.workspace");
        Assert.Contains(task.Origins, origin => origin is { Key: "sandbox", Value: "none", Source: "--sandbox" });
    }

    private static Func<RunRequest, RunRequest> Operator(string policy) =>
        request =>
            request with
            {
                OperatorPolicyFile = policy,
                CommandLine = new() { Sandbox = "none" },
            };

    private static Func<RunRequest, RunRequest> Callers(string policy) =>
        request =>
            request with
            {
                PolicyFile = policy,
                CommandLine = new() { Sandbox = "none" },
            };

    private static PlannedTask None(PlannerFixture fixture, Func<RunRequest, RunRequest> change) =>
        fixture
            .Plan(PlannerFixture.Minimal, request => change(request) with { CommandLine = new() { Sandbox = "none" } })
            .Tasks[0];

    private static SandboxKind Kind(PlannerFixture fixture, string? flag, string? variable) =>
        fixture
            .Plan(
                PlannerFixture.Minimal,
                request =>
                    request with
                    {
                        CommandLine = new() { Sandbox = flag },
                        Environment = new() { Sandbox = variable },
                    }
            )
            .Tasks[0]
            .Sandbox.Kind;
}
