using System.Diagnostics;
using Xunit;

namespace ClawCi.Cli.Tests;

/// <summary>The runner in a container that has the daemon's socket: it has to find itself and the workspace.</summary>
public sealed class ImageTests(RunnerImage image) : IClassFixture<RunnerImage>
{
    private const string Socket = "-v /var/run/docker.sock:/var/run/docker.sock";

    private readonly string _name = image is null ? "" : RunnerImage.Name;

    [Fact]
    public async Task The_documented_docker_run_works()
    {
        using var example = Prepare();
        var end = await DockerAsync(
            example,
            $"{Socket} -v {example.Workspace}:/workspace {_name} .claw/task.yaml --policy .claw/policy.yaml"
        );

        Assert.True(end.ExitCode == 0, end.Error);
        var result = ExampleRun.Json(Path.Combine(example.Workspace, "claw-ci-out", "result.json"));
        Assert.Equal("success", result.GetProperty("outcome").GetString());
        Assert.Equal(1, result.GetProperty("changes").GetProperty("files").GetInt32());
    }

    [Fact]
    public async Task The_action_works_with_the_mounts_and_environment_of_a_github_runner()
    {
        using var example = Prepare();
        // The hosted runner's user; the action's container is root.
        await ExampleRun.ShellAsync(example.Root, $"mkdir commands home && chown -R 1001:1001 {example.Root}");
        var with = new Dictionary<string, string>
        {
            ["task"] = ".claw/ta*.yaml",
            ["policy"] = ".claw/policy.yaml",
            ["timeout"] = "5m",
        };
        string[] environment =
        [
            "HOME=/github/home",
            "CI=true",
            "GITHUB_ACTIONS=true",
            "GITHUB_WORKSPACE=/github/workspace",
            "GITHUB_EVENT_NAME=push",
            "GITHUB_OUTPUT=/github/file_commands/output",
            "GITHUB_STEP_SUMMARY=/github/file_commands/summary",
            // Every input arrives, empty when the workflow says nothing.
            .. ActionTests
                .Keys(await ActionTests.ReadAsync("action.yml"), "inputs")
                .Select(input => $"INPUT_{input.ToUpperInvariant()}={with.GetValueOrDefault(input)}"),
        ];
        var end = await DockerAsync(
            example,
            $"--workdir /github/workspace {string.Join(' ', environment.Select(pair => $"-e '{pair}'"))} {Socket} "
                + $"-v {example.Root}/home:/github/home -v {example.Root}/commands:/github/file_commands "
                + $"-v {example.Workspace}:/github/workspace {_name} action"
        );

        Assert.True(end.ExitCode == 0, end.Error);
        Assert.Contains("::group::", end.Error + end.Output, StringComparison.Ordinal);
        var outputs = await File.ReadAllTextAsync(
            Path.Combine(example.Root, "commands", "output"),
            TestContext.Current.CancellationToken
        );
        Assert.Contains("\nsuccess\n", outputs, StringComparison.Ordinal);
        Assert.Contains("\nclaw-ci-out/result.json\n", outputs, StringComparison.Ordinal);
        var strangers = await ExampleRun.ShellAsync(example.Workspace, "find . ! -user 1001");
        Assert.Equal("", strangers);
    }

    [Fact]
    public async Task The_commands_of_each_pipeline_example_run_a_task_and_publish_it() =>
        await Task.WhenAll(
            new[] { "azure-pipelines.yml", "Jenkinsfile", "buildkite.yml", "nightly.sh" }.Select(async file =>
            {
                using var example = Prepare(file);
                await example.AsRepositoryAsync("/workspace/target.git");
                await ExampleRun.ShellAsync(
                    example.Workspace,
                    $"""
                    export ANTHROPIC_API_KEY=none GITHUB_TOKEN=none
                    python3 {ClawCiProgram.Root}/tests/Fixtures/workflows/commands.py {ClawCiProgram.Root}/examples/pipelines/{file} |
                      sed s,registry.example.com/claw-ci:0.1,{_name}, > ../commands
                    bash ../commands 2>&1
                    git -C target.git rev-parse claw-ci/fix-failing-test
                    """
                );
            })
        );

    [Fact]
    public async Task A_missing_mount_is_named()
    {
        using var example = Prepare();
        var noSocket = await DockerAsync(
            example,
            $"-v {example.Workspace}:/workspace {_name} .claw/task.yaml --out out1"
        );
        Assert.Equal(18, noSocket.ExitCode);
        Assert.Contains(Socket, noSocket.Error, StringComparison.Ordinal);

        var noWorkspace = await DockerAsync(example, $"{Socket} {_name} .claw/task.yaml");
        Assert.Equal(3, noWorkspace.ExitCode);
        Assert.Contains("-v \"$PWD\":/workspace", noWorkspace.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_key_is_named()
    {
        using var example = Prepare();
        var end = await DockerAsync(
            example,
            $"{Socket} -v {example.Workspace}:/workspace {_name} .claw/task.yaml --model anthropic/claude-sonnet-4-5"
        );
        Assert.Equal(17, end.ExitCode);
        Assert.Contains("ANTHROPIC_API_KEY", end.Error, StringComparison.Ordinal);
    }

    /// <summary>As in a repository that uses claw-ci: the task's files are in the workspace.</summary>
    private static ExampleRun Prepare([System.Runtime.CompilerServices.CallerMemberName] string test = "")
    {
        var example = new ExampleRun(test);
        var files = Directory.CreateDirectory(Path.Combine(example.Workspace, ".claw")).FullName;
        foreach (var file in new[] { "task.yaml", "policy.yaml", "script.yaml" })
            File.Copy(Path.Combine(ExampleRun.Folder, file), Path.Combine(files, file));
        File.Copy(Path.Combine(files, "task.yaml"), Path.Combine(files, "fix.yaml"));
        return example;
    }

    private static async Task<ProgramEnd> DockerAsync(ExampleRun example, string arguments)
    {
        var start = new ProcessStartInfo("bash", ["-c", $"exec docker run --rm {arguments}"])
        {
            WorkingDirectory = example.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        return await ClawCiProgram.EndAsync(process);
    }
}
