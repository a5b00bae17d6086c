using ClawCi.Cli.Arguments;
using ClawCi.Cli.Verbs;
using ClawCi.Runs.Planning;
using Xunit;

namespace ClawCi.Cli.Tests;

/// <summary>How values of inputs are written on the command line.</summary>
public sealed class InputArgumentsTests
{
    [Fact]
    public void A_value_is_given_as_it_is_as_a_file_or_as_a_variable()
    {
        var run = Run(
            "--input=a=1=2",
            "--input",
            "b=@notes.txt",
            "--input=c=@@types/node",
            "--input=d=",
            "--input",
            "e=one\n--two\n",
            "--input-env",
            "issue=BODY"
        );

        GivenInput[] expected =
        [
            new("a", "1=2", false, "--input"),
            new("b", "notes.txt", true, "--input"),
            new("c", "@types/node", false, "--input"),
            new("d", "", false, "--input"),
            new("e", "one\n--two\n", false, "--input"),
            new("issue", "@/etc/passwd\u001fa=9", false, "--input-env BODY"),
        ];
        Assert.Equal(expected, Read(run));
        // A resumed run is started with the same words.
        string[] words = [.. RecordedStart.OptionsOf(run, [])];
        Assert.Equal(expected, Read(Run(words)));
    }

    [Theory]
    [InlineData("--input=a", "--input is NAME=VALUE or NAME=@FILE.")]
    [InlineData("--input==a", "--input is NAME=VALUE or NAME=@FILE.")]
    [InlineData("--input-env=a", "--input-env is NAME=VARIABLE.")]
    [InlineData("--input=a=1 --input-env=a=BODY", "The input a is given twice.")]
    [InlineData("--input=a=1\u001fb=2", "--input holds the control character U+001F.")]
    public void What_is_no_value_is_a_mistake_of_the_command_line(string words, string error) =>
        Assert.Equal(error, Assert.Throws<UsageException>(() => Read(Run(words.Split(' ')))).Message);

    [Theory]
    [InlineData("a=NONE", "--input-env a: the environment variable NONE is not set")]
    [InlineData("a=ANTHROPIC_API_KEY", "--input-env a: ANTHROPIC_API_KEY is a secret")]
    [InlineData("a=GITHUB_TOKEN", "--input-env a: GITHUB_TOKEN is a secret")]
    [InlineData("a=FEED", "--input-env a: FEED is a secret, and an input is shown to the model")]
    public void A_secret_is_no_value_and_neither_is_a_variable_that_is_not_set(string pair, string error) =>
        Assert.StartsWith(
            error,
            Assert.Throws<UserErrorException>(() => Read(Run($"--input-env={pair}"))).Message,
            StringComparison.Ordinal
        );

    private static RunVerb Run(params string[] words) =>
        (RunVerb)ArgumentReader.Read(["run", .. words, "--", "task.yaml"]);

    private static IReadOnlyList<GivenInput> Read(RunVerb run) =>
        new InputArguments(name => name == "BODY" ? "@/etc/passwd\u001fa=9" : null, ["FEED"], "run").Read(
            run.Input,
            run.InputEnv
        );
}
