using ClawCi.Permissions;
using ClawCi.Runs;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Runs;

public sealed class PlannerTests : IDisposable
{
    private readonly PlannerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void A_minimal_task_gets_the_built_in_values()
    {
        var task = Assert.Single(_fixture.Plan(PlannerFixture.Minimal).Tasks);

        Assert.Equal(("fix-it", "fix it", "Do it."), (task.Id, task.Name, task.Prompt));
        Assert.Equal("anthropic/claude-sonnet-4-5", task.Model.ToString());
        Assert.Equal(
            new TaskLimits(
                100,
                500,
                null,
                null,
                TimeSpan.FromHours(1),
                TimeSpan.FromMinutes(10),
                TimeSpan.FromMinutes(2),
                20
            ),
            task.Limits
        );
        Assert.Equal(
            ("/workspace", 2.0, 4L << 30, 512, 1L << 30),
            (
                task.Sandbox.Workspace,
                task.Sandbox.Cpus,
                task.Sandbox.MemoryBytes,
                task.Sandbox.Pids,
                task.Sandbox.TmpBytes
            )
        );
        Assert.Equal((true, ApplyMode.OnSuccess, 3), (task.ExpectChanges, task.Apply, task.Verify.Rounds));
        Assert.Equal(["AGENTS.md", "CLAUDE.md"], task.ContextFiles);
        Assert.Equal(PermissionMode.WorkspaceWrite, task.Policy.Mode);
        Assert.All([task.TaskHash, task.PolicyHash, task.PlanHash], hash => Assert.Matches("^[0-9a-f]{64}$", hash));
    }

    [Fact]
    public void The_plan_prints_every_value_with_its_origin()
    {
        var plan = Layered();

        Golden.Matches(PlanPrinter.Text(plan).Replace(_fixture.Files.Path, "DIR", StringComparison.Ordinal));
    }

    [Fact]
    public void The_plan_is_one_JSON_object() =>
        Golden.Matches(
            PlanPrinter.Json(Layered()).Replace(_fixture.Files.Path, "DIR", StringComparison.Ordinal),
            "json"
        );

    private RunPlan Layered() =>
        _fixture.Plan(
            """
            version: 1
            name: fix it
            description: For $[[ run.id ]]
            model: anthropic/claude-sonnet-4-5
            prompt: |
              Do it.
              $[[run.id]] is the run.
            sandbox:
              image: debian:12
              memory: 512Mi
              env: { CI: "true" }
              setup: [ { run: make deps } ]
            permissions: { mode: danger-full-access, deny: ["bash(git push:*)"], required-tools: [Edit] }
            limits: { max-turns: 60, max-cost-usd: 9.5, timeout: 40m }
            protected-paths: { paths: ["tests/**"], on-change: restore }
            verify: { rounds: 2, checks: [ { id: test, run: make test, timeout: 90s } ] }
            apply: never
            """,
            request =>
                request with
                {
                    PolicyFile = _fixture.Policy(
                        """
                        mode: workspace-write
                        limits: { max-cost-usd: 5, idle-timeout: 1h, max-output-tokens: 100000 }
                        rules:
                          - { id: build, allow: bash, command: [make, [deps, test]] }
                        """
                    ),
                    OperatorPolicyFile = _fixture.Policy("limits: { max-turns: 50 }\n", "operator.yaml"),
                    CommandLine = new()
                    {
                        MaxTurns = 70,
                        Apply = ApplyMode.Always,
                        Timeout = TimeSpan.FromHours(2),
                        MaxCostUsd = 7,
                    },
                    Environment = new() { PermissionMode = "danger-full-access", AutoCompactTokens = "" },
                }
        );
}
