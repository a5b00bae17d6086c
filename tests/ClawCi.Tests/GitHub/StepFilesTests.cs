using ClawCi.Artifacts;
using ClawCi.GitHub;
using ClawCi.Tests.Artifacts;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.GitHub;

public sealed class StepFilesTests
{
    [Fact]
    public void The_outputs_are_words_numbers_and_paths()
    {
        using var directory = new TempDirectory();
        var path = directory.Write("output", "other=1\n");
        var task = RunRecord.Read(SampleRun.FixtureDirectory()).Tasks[0];

        new StepOutputs("success", 0, false, "out", [(task.Id, task.Ended)]).Append(path, "d1c4");

        Golden.Matches(File.ReadAllText(path));
    }

    [Fact]
    public void Text_of_the_models_never_reaches_the_outputs()
    {
        using var directory = new TempDirectory();
        var task = RunRecord.Read(SampleRun.FixtureDirectory()).Tasks[0];
        var said = task.Ended with { Result = "INJECTED", Message = "INJECTED", Reason = "INJECTED", Changes = null };

        new StepOutputs("task-failed", 10, true, "out", [(task.Id, said)]).Append(directory["output"], "d1c4");

        var text = File.ReadAllText(directory["output"]);
        Assert.DoesNotContain("INJECTED", text, StringComparison.Ordinal);
        Assert.Contains("changed<<d1c4\nfalse\nd1c4\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_cost_is_empty_and_not_zero()
    {
        using var directory = new TempDirectory();
        var task = RunRecord.Read(SampleRun.FixtureDirectory()).Tasks[0];

        new StepOutputs(
            "success",
            0,
            false,
            "out",
            [("a", task.Ended), ("b", task.Ended with { TotalCostUsd = null })]
        ).Append(directory["output"], "d1c4");

        Assert.Contains("cost-usd<<d1c4\n\nd1c4\n", File.ReadAllText(directory["output"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_summary_that_GitHub_would_drop_whole_becomes_a_pointer()
    {
        using var directory = new TempDirectory();
        var path = directory.Write("summary", new string('x', 999_000));

        StepSummary.Append(path, "short\n");
        StepSummary.Append(path, new string('y', 2_000));

        var added = File.ReadAllText(path)[999_000..];
        Assert.StartsWith("short\n", added, StringComparison.Ordinal);
        Assert.DoesNotContain("yyy", added, StringComparison.Ordinal);
        Assert.Contains("`summary.md`", added, StringComparison.Ordinal);
    }
}
