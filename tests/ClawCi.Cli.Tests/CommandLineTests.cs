using System.Reflection;
using System.Text;
using ClawCi.Cli.Arguments;
using ClawCi.TestSupport;
using CommandLine;
using Xunit;

namespace ClawCi.Cli.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public async Task Help_and_version_are_results() =>
        Golden.Matches(
            await TranscribeAsync(
                "--help",
                "--version",
                "help run",
                "run --help",
                "task.yaml --policy p.yaml -h",
                "plan --help",
                "validate --help",
                "report --help",
                "transcript --help",
                "schema --help",
                "policy --help",
                "clean --help",
                "sandbox --help",
                "replay --help",
                "auth --help",
                "action --help"
            )
        );

    [Fact]
    public async Task A_command_line_that_makes_no_sense_starts_nothing() =>
        Golden.Matches(
            await TranscribeAsync(
                "",
                "vaildate task.yaml",
                "frobnicate",
                "help frobnicate",
                "task.yaml --modle anthropic/x",
                "task.yaml -m anthropic/x",
                "task.yaml --model",
                "task.yaml --model --force",
                "task.yaml --policy=",
                "task.yaml --policy ''",
                "task.yaml ''",
                "task.yaml --force --force",
                "task.yaml --model a/b --model=c/d",
                "task.yaml --force=yes",
                "task.yaml --apply sometimes",
                "task.yaml --max-turns many",
                "task.yaml --max-turns 0",
                "task.yaml --max-cost-usd 1e3",
                "task.yaml --timeout 5",
                "task.yaml --output-format xml",
                "task.yaml --output-format stream-json --stream-format xml",
                "task.yaml --stream-format claude",
                "task.yaml --quiet --verbose",
                "plan task.yaml --format yaml",
                "plan task.yaml --shards 2",
                "plan task.yaml --format github-matrix --shards 257",
                "plan task.yaml --format gitlab --shard 1/2",
                "plan task.yaml --format slurm --out there",
                "plan - --format kubernetes",
                "plan",
                "validate",
                "report",
                "report one two",
                "policy",
                "policy tset x",
                "policy explain bash",
                "policy explain bash ls",
                "transcript",
                "transcript show x",
                "transcript validate",
                "transcript convert x",
                "transcript convert x --to pdf",
                "replay",
                "auth",
                "auth logout",
                "auth status x",
                "auth login",
                "auth login --authorize-url nowhere",
                "schema",
                "schema taks",
                "clean everything"
            )
        );

    [Fact]
    public void Help_names_every_option()
    {
        foreach (var verb in VerbCatalog.All)
        {
            var options = verb.Options.GetProperties().Select(p => p.GetCustomAttribute<OptionAttribute>()?.LongName);
            foreach (var option in options.OfType<string>())
                Assert.Contains($"--{option} ", verb.Help, StringComparison.Ordinal);
        }
    }

    private static async Task<string> TranscribeAsync(params string[] lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
            text.Append((await RunAsync(line)).Transcribe([line]));
        return text.ToString();
    }

    private static async Task<ProgramEnd> RunAsync(string line)
    {
        using var directory = new TempDirectory();
        directory.Write("task.yaml", "version: 1\n");
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word == "''" ? "" : word);
        var end = await ClawCiProgram.RunAsync(directory.Path, words);
        Assert.Equal(["task.yaml"], Directory.GetFileSystemEntries(directory.Path).Select(Path.GetFileName));
        return end;
    }
}
