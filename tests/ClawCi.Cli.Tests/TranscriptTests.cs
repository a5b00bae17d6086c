using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests;

public sealed class TranscriptTests
{
    private static readonly string SampleRun = Path.Combine(ClawCiProgram.Root, "tests/Fixtures/sample-run");

    [Fact]
    public async Task A_run_is_held_against_its_format_and_an_edit_is_shown_with_its_line()
    {
        using var directory = new TempDirectory();
        ExampleRun.Copy(SampleRun, directory["run"]);
        const string transcript = "run/tasks/fix-invoice-totals/transcript.jsonl";

        var good = await ClawCiProgram.RunAsync(directory.Path, ["transcript", "validate", "run", transcript]);
        Assert.Equal((0, ""), (good.ExitCode, good.Error));
        Assert.Equal(2, good.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.StartsWith($"{transcript}: 78 lines, last hash ", good.Output, StringComparison.Ordinal);

        var text = File.ReadAllText(directory[transcript]);
        File.WriteAllText(directory[transcript], text.Replace("git push", "git pull", StringComparison.Ordinal));
        var bad = await ClawCiProgram.RunAsync(directory.Path, ["transcript", "validate", "run"]);

        Assert.Equal((3, ""), (bad.ExitCode, bad.Output));
        Assert.Matches($@"^{transcript}:\d+: prev is not the hash of the line before", bad.Error);
    }

    [Fact]
    public async Task What_is_no_transcript_is_said()
    {
        using var directory = new TempDirectory();
        directory.Write("a.jsonl", "{}\n[]\nnull\nno\n");

        var validated = await ClawCiProgram.RunAsync(directory.Path, ["transcript", "validate", "a.jsonl", "."]);
        var gone = await ClawCiProgram.RunAsync(directory.Path, ["transcript", "validate", "b.jsonl"]);
        var converted = await ClawCiProgram.RunAsync(directory.Path, ["transcript", "convert", ".", "--to=text"]);

        Assert.Equal((3, 3, 3), (validated.ExitCode, gone.ExitCode, converted.ExitCode));
        Assert.StartsWith(
            ".: holds no transcript.jsonl, and no tasks that do.",
            validated.Error,
            StringComparison.Ordinal
        );
        Assert.StartsWith("b.jsonl: is not there.", gone.Error, StringComparison.Ordinal);
        Assert.StartsWith(".: is no file.", converted.Error, StringComparison.Ordinal);
    }
}
