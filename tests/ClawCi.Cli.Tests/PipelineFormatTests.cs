using System.Text.RegularExpressions;
using ClawCi.Cli.Arguments;
using ClawCi.Runs.Pipelines;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests;

/// <summary>
/// What <c>plan --format</c> writes for an engine: held against that engine's own models, and run with a stand-in for claw-ci that
/// writes down what it was given. Words are chosen to break out of YAML, of a shell and of Kubernetes's variables.
/// </summary>
public sealed partial class PipelineFormatTests
{
    private static readonly string Validators = Path.Combine(ClawCiProgram.Root, "artifacts", "workflow-validators");

    private static readonly ShardedRun Run = new(
        7,
        3,
        [
            "--policy=my policy's.yaml",
            "--filter=$(touch pwned) `touch pwned` $HOME ${HOME} $$(HOME) $(JOB_COMPLETION_INDEX)",
            "--filter=\"quoted\" \\back\\ #no: comment, {a: [b]} & | ; > * ? ! ~",
            "--apply=never",
        ],
        ["tasks/ä b.yaml", "-n'.yaml", "- {x: y}.yaml", "%{{ $[[ inputs.x ]].yaml"]
    );

    /// <summary>Its directory has what it was given, a word a line, and the variables that it had.</summary>
    private const string StandIn = """
        #!/bin/sh
        case $1 in
          run) out=${2#--out=} ;;
          resume) echo "$@"; exit "$STAND_IN_RESUME" ;;
          merge) out=merged ;;
          plan) cat definition; exit ;;
        esac
        mkdir -p "$out"
        printf '%s\n' "$@" > "$out/words"
        env > "$out/variables"
        exit "${STAND_IN_EXIT:-0}"
        """;

    [Fact]
    public async Task The_script_for_Slurm_starts_every_shard_with_the_words_of_the_plan()
    {
        using var directory = await WithStandInAsync();
        directory.Write("array.sh", SlurmArray.Write(Run));
        Assert.Contains("#SBATCH --array=1-3\n", SlurmArray.Write(Run), StringComparison.Ordinal);
        const string variables = "SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=3";

        await ExampleRun.ShellAsync(
            directory.Path,
            $"bash -n array.sh && PATH=$PWD/bin:$PATH {variables} bash array.sh"
        );

        AssertShard(Run, directory, "claw-ci-shards/2", "2/3");
    }

    [Theory]
    [InlineData(16, 0, "requeue 7_2\n")]
    [InlineData(18, 1, "requeue 7_2\n")]
    [InlineData(18, 2, "")]
    [InlineData(10, 0, "")]
    [InlineData(0, 0, "")]
    public async Task An_array_of_Slurm_is_queued_again_when_the_model_or_Docker_was_away_and_twice_at_most(
        int exit,
        int restarts,
        string asked
    )
    {
        using var directory = await WithStandInAsync();
        directory.Write("array.sh", SlurmArray.Write(Run));

        var end = await ExampleRun.ShellAsync(
            directory.Path,
            $$"""
            export PATH=$PWD/bin:$PATH STAND_IN_EXIT={{exit}} SLURM_ARRAY_JOB_ID=7 SLURM_ARRAY_TASK_ID=2 SLURM_RESTART_COUNT={{restarts}}
            printf '#!/bin/sh\necho "$@"\n' > bin/scontrol && chmod +x bin/scontrol
            bash array.sh || status=$?
            echo "${status:-0}"
            """
        );

        Assert.Equal($"{asked}{exit}\n", end);
    }

    [Theory]
    [InlineData(2, "0", "--only-retryable")]
    [InlineData(0, "0", null)]
    [InlineData(20, "20", null)]
    public async Task A_killed_shard_of_Slurm_is_resumed_and_only_where_that_is_refused_begun_anew(
        int resume,
        string exit,
        string? again
    )
    {
        using var directory = await WithStandInAsync();
        directory.Write("array.sh", SlurmArray.Write(Run));
        directory.Write("claw-ci-shards/2/resume.json", "{}");

        var end = await ExampleRun.ShellAsync(
            directory.Path,
            $$"""
            export PATH=$PWD/bin:$PATH STAND_IN_RESUME={{resume}} SLURM_ARRAY_JOB_ID=7 SLURM_ARRAY_TASK_ID=2 SLURM_RESTART_COUNT=1
            bash array.sh || status=$?
            echo "${status:-0}"
            """
        );

        Assert.Equal($"resume claw-ci-shards/2\n{exit}\n", end);
        var words = directory["claw-ci-shards/2/words"];
        Assert.Equal(again, File.Exists(words) ? File.ReadAllLines(words)[2] : null);
    }

    [Fact]
    public async Task The_example_for_GitLab_runs_the_child_pipeline_that_was_planned()
    {
        // Where gitlab-ci-local shows a command, it evaluates what stands in backticks; GitLab's runner does not.
        var run = Run with
        {
            Options = [.. Run.Options.Select(option => option.Replace("`", "", StringComparison.Ordinal))],
        };
        using var directory = await WithStandInAsync();
        directory.Write("definition", GitLabPipeline.Write(run));
        await ExampleRun.ShellAsync(
            directory.Path,
            $"""
            git init -q . && git -c user.name=t -c user.email=t@e commit -q --allow-empty -m base
            git remote add origin https://example.com/group/project.git
            cp {ClawCiProgram.Root}/examples/pipelines/gitlab-shards.yml .gitlab-ci.yml
            PATH=$PWD/bin:$PATH node {Validators}/node_modules/.bin/gitlab-ci-local --force-shell-executor \
              --home home --variable CI_PIPELINE_SOURCE=schedule 2>&1
            """
        );

        for (var shard = 1; shard <= 3; shard++)
            AssertShard(run, directory, $"claw-ci-shards/{shard}", $"{shard}/3");
        Assert.Equal(
            ["merge", "claw-ci-shards/1", "claw-ci-shards/2", "claw-ci-shards/3", "--out", "claw-ci-out"],
            File.ReadAllLines(directory["merged/words"])
        );
    }

    [Fact]
    public async Task The_command_for_GitLab_gives_any_POSIX_shell_the_words_of_the_plan()
    {
        using var directory = await WithStandInAsync();
        directory.Write("definition", GitLabPipeline.Write(Run));

        await ExampleRun.ShellAsync(
            directory.Path,
            """
            python3 -c 'import yaml; print(yaml.safe_load(open("definition"))["claw-ci-shard"]["script"][0])' > command
            PATH=$PWD/bin:$PATH CI_NODE_INDEX=2 CI_NODE_TOTAL=3 sh command
            """
        );

        AssertShard(Run, directory, "claw-ci-shards/2", "2/3");
    }

    [Fact]
    public async Task The_Job_for_Kubernetes_is_one_of_the_official_clients()
    {
        using var directory = new TempDirectory();
        directory.Write("job.yaml", KubernetesJob.Write(Run));
        var job = await ExampleRun.ShellAsync(
            directory.Path,
            "python3 -c 'import json, yaml; print(json.dumps(yaml.safe_load(open(\"job.yaml\"))))'"
        );
        directory.Write(
            "job.mts",
            $$"""
            import type { V1Job } from "{{Validators}}/node_modules/@kubernetes/client-node/dist/gen/models/V1Job.js";
            export const job: V1Job = {{job}};
            // @ts-expect-error The compiler would see a name that is none.
            export const wrong: V1Job = { spec: { template: {}, backoffLimitPerIndices: 1 } };
            """
        );

        await ExampleRun.ShellAsync(
            directory.Path,
            $"node {Validators}/node_modules/typescript/bin/tsc --noEmit --strict --exactOptionalPropertyTypes --skipLibCheck --target es2022 --module node16 --moduleResolution node16 job.mts"
        );

        var spec = System.Text.Json.JsonElement.Parse(job).GetProperty("spec");
        Assert.Equal("Indexed", spec.GetProperty("completionMode").GetString());
        Assert.Equal(3, spec.GetProperty("completions").GetInt32());
        var container = spec.GetProperty("template").GetProperty("spec").GetProperty("containers")[0];
        var words = container
            .GetProperty("args")
            .EnumerateArray()
            .Select(word => Variable().Replace(word.GetString()!, use => KubernetesMakesOf(use.Value)));
        Assert.Equal(Words(Run, "/claw-ci-shards/claw-ci-x7k2p/2", "auto/3", "--only-retryable"), words);
        Assert.Equal(
            ("JOB", "metadata.labels['batch.kubernetes.io/job-name']"),
            (
                container.GetProperty("env")[0].GetProperty("name").GetString(),
                container
                    .GetProperty("env")[0]
                    .GetProperty("valueFrom")
                    .GetProperty("fieldRef")
                    .GetProperty("fieldPath")
                    .GetString()
            )
        );
        Assert.Equal("3/3", Shard("auto/3", new() { ["JOB_COMPLETION_INDEX"] = "2" }));
    }

    [Fact]
    public void Every_exit_code_has_one_answer_of_the_engines()
    {
        Assert.Equal([1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 17, 19, 20, 21, 22], ShardExits.Final);
        Assert.Equal([16, 18], ShardExits.Retried);
        Assert.Equal([130, 143], ShardExits.Interrupted);
    }

    [Fact]
    public async Task The_example_for_GitHub_takes_the_matrix_that_the_plan_of_its_files_gives()
    {
        using var directory = new TempDirectory();
        directory.Write(".claw/policy.yaml", "version: 1\n");
        directory.Write(".claw/nightly/five.yaml", Five);

        var output = await ExampleRun.ShellAsync(
            directory.Path,
            $$"""
            docker() { while [ "$1" != plan ]; do shift; done; {{ClawCiProgram.Path}} "$@"; }
            GITHUB_OUTPUT=$PWD/output
            set -e
            eval "$(python3 -c 'import yaml; print(yaml.safe_load(open("{{ClawCiProgram.Root}}/examples/github/planned-shards.yml"))["jobs"]["plan"]["steps"][1]["run"])')"
            cat output
            """
        );

        Assert.Equal("""matrix={"shard":[1,2,3,4,5],"of":[5]}""" + "\n", output);
    }

    [Fact]
    public async Task A_definition_names_what_the_command_line_named_and_applies_nothing_by_itself()
    {
        using var directory = await WithStandInAsync();
        directory.Write("my policy's.yaml", "version: 1\n");
        directory.Write("-five $HOME.yaml", Five);
        string[] options = ["--policy=my policy's.yaml", "--max-turns=7", "--filter=five*1*", "--filter=*[23]*"];

        var end = await ClawCiProgram.RunAsync(
            directory.Path,
            ["plan", "--format=slurm", "--shards=2", .. options, "--", "-five $HOME.yaml"]
        );

        Assert.Equal((0, ""), (end.ExitCode, end.Error));
        Assert.Contains("3 tasks in 2 shards.", end.Output, StringComparison.Ordinal);
        directory.Write("array.sh", end.Output);
        await ExampleRun.ShellAsync(directory.Path, "PATH=$PWD/bin:$PATH SLURM_ARRAY_TASK_ID=1 bash array.sh");
        var words = File.ReadAllLines(directory["claw-ci-shards/1/words"]);
        Assert.Equal(["run", "--out=claw-ci-shards/1", "--force"], words[..3]);
        Assert.Equal(options.Append("--apply=never").Order(), words[3..^3].Order());
        Assert.Equal(["--shard=auto", "--", "-five $HOME.yaml"], words[^3..]);
    }

    [Theory]
    [InlineData("a\nb.yaml")]
    [InlineData("a\u001b[2Jb.yaml")]
    [InlineData("a\u0085b.yaml")]
    [InlineData("a\u2028b.yaml")]
    [InlineData("a\u202eb.yaml")]
    [InlineData("a\ud800b.yaml")]
    public void A_word_that_could_end_a_line_or_does_not_show_is_in_no_definition(string word) =>
        Assert.False(Quoted.CanBe(word));

    [Fact]
    public void Words_in_any_writing_can_be_quoted() =>
        Assert.All([.. Run.Options, .. Run.TaskFiles, "日本語 😀 ü.yaml"], word => Assert.True(Quoted.CanBe(word)));

    private const string Five = """
        version: 1
        name: five
        model: anthropic/claude-sonnet-4-5
        strategy: { matrix: { part: [1, 2, 3, 4, 5] } }
        sandbox: { image: claw-ci-demo }
        prompt: Do part $[[ matrix.part ]].

        """;

    private static async Task<TempDirectory> WithStandInAsync()
    {
        var directory = new TempDirectory();
        directory.Write("bin/claw-ci", StandIn);
        await ExampleRun.ShellAsync(directory.Path, "chmod +x bin/claw-ci");
        return directory;
    }

    private static void AssertShard(ShardedRun run, TempDirectory directory, string shardDirectory, string expected)
    {
        Assert.Equal(Words(run, shardDirectory, "auto"), File.ReadAllLines(directory[$"{shardDirectory}/words"]));
        var variables = File.ReadAllLines(directory[$"{shardDirectory}/variables"])
            .Select(line => line.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .GroupBy(pair => pair[0])
            .ToDictionary(pairs => pairs.Key, pairs => pairs.First()[1]);
        Assert.Equal(expected, Shard("auto", variables));
        Assert.False(File.Exists(directory["pwned"]));
    }

    private static string[] Words(ShardedRun run, string shardDirectory, string shard, string earlierTry = "--force") =>
        ["run", $"--out={shardDirectory}", earlierTry, .. run.Options, $"--shard={shard}", "--", .. run.TaskFiles];

    private static string Shard(string given, Dictionary<string, string> variables) =>
        $"{ShardArgument.Read(given, name => variables.GetValueOrDefault(name), "run")?.Shard}";

    private static string KubernetesMakesOf(string use) =>
        use switch
        {
            "$$" => "$",
            "$(JOB)" => "claw-ci-x7k2p",
            _ => "2",
        };

    /// <summary>What Kubernetes fills in.</summary>
    [GeneratedRegex(@"\$\$|\$\(JOB\)|\$\(JOB_COMPLETION_INDEX\)")]
    private static partial Regex Variable();
}
