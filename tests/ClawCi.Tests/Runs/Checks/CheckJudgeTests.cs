using ClawCi.Runs.Checks;
using ClawCi.Runs.Planning;
using ClawCi.Runs.Planning.TaskFiles;
using Xunit;

namespace ClawCi.Tests.Runs.Checks;

/// <summary>Ends are written as exit code and tests: <c>1: +a -b ~c</c> passed a, failed b, skipped c; without a colon there is no report.</summary>
public sealed class CheckJudgeTests
{
    [Theory]
    [InlineData("0", null)]
    [InlineData("0: +a +b ~c", null)]
    [InlineData("1", "exit-code")]
    [InlineData("1: +a -b", "exit-code")]
    [InlineData("0: +a -b", "failing-tests")]
    [InlineData("0!", "report-missing")]
    [InlineData("0: ~a ~b", "no-tests")]
    [InlineData("1!", "exit-code")]
    public void Pass_needs_exit_0_a_report_where_one_is_due_and_no_failing_test(string end, string? reason) =>
        Assert.Equal(reason, Judge(MustWord.Pass, end, null));

    [Theory]
    [InlineData("0: +a +b", "0: +a +b", null)]
    [InlineData("1: +a -b", "1: +a -b", null)]
    [InlineData("1: +a -b", "0: +a +b", null)]
    [InlineData("1: +a -b", "1: -a -b", "new-failures")]
    [InlineData("1: +a -b", "1: -a +b", "new-failures")]
    [InlineData("1: -b -b", "1: -b +b", null)]
    [InlineData("1: -b +b", "1: -b -b", "new-failures")]
    [InlineData("1: +a -b", "1: +a +b", "exit-code")]
    [InlineData("1: +a -b", "0: +a -b -c", "new-failures")]
    [InlineData("0", "1", "exit-code")]
    [InlineData("1", "0", null)]
    [InlineData("1", "1", "undecidable")]
    [InlineData("1", "2", "undecidable")]
    [InlineData("1!", "1: -a", "undecidable")]
    [InlineData("1!", "0: +a", null)]
    [InlineData("1: +a -b", "1!", "exit-code")]
    public void No_new_failures_needs_the_same_tests_to_fail_or_fewer(string before, string after, string? reason) =>
        Assert.Equal(reason, Judge(MustWord.NoNewFailures, after, before));

    [Theory]
    [InlineData("1: +a -b", "1: +a -b", null)]
    [InlineData("0: +a -b", "0: +a -b", null)]
    [InlineData("2", "2", null)]
    [InlineData("2", "0", "changed")]
    [InlineData("1: +a -b", "1: -a +b", "changed")]
    [InlineData("1: +a -b", "0: +a +b", "changed")]
    [InlineData("1!", "1: +a", "undecidable")]
    [InlineData("t", "0", "changed")]
    public void Unchanged_means_exit_code_and_failing_tests(string before, string after, string? reason) =>
        Assert.Equal(reason, Judge(MustWord.Unchanged, after, before));

    [Theory]
    [InlineData("Pass", "1: +a -b", "0: +a")]
    [InlineData("Pass", "1: +a -b", "0: +a ~b")]
    [InlineData("Pass", "1: +a -b", "0: +a +new")]
    [InlineData("NoNewFailures", "1: +a -b", "1: -b")]
    [InlineData("NoNewFailures", "1: +a -b", "0: +a")]
    [InlineData("Unchanged", "0: +a +b", "0: +a")]
    public void A_test_that_is_gone_skipped_or_exchanged_is_no_success(string must, string before, string after) =>
        Assert.Equal("tests-vanished", Judge(Enum.Parse<MustWord>(must), after, before));

    [Theory]
    [InlineData("0: +a +b", "0: +a +c +d")]
    [InlineData("1: +a -b", "0: +a +b +c")]
    public void More_tests_and_renamed_green_ones_are_fine(string before, string after) =>
        Assert.Null(Judge(MustWord.Pass, after, before));

    [Theory]
    [InlineData("t", "timeout")]
    [InlineData("127", "check-command-missing")]
    public void Silence_and_a_missing_command_are_never_green(string end, string reason)
    {
        foreach (var must in Enum.GetValues<MustWord>())
            Assert.Equal(reason, Judge(must, end, end));
    }

    /// <summary>Else a model that deletes the command would end its task with "setup failed", and never hear of it.</summary>
    [Theory]
    [InlineData("run", "0", "exit-code")]
    [InlineData("run", "1", "exit-code")]
    [InlineData("run", null, "check-command-missing")]
    [InlineData("/opt/run all", null, "check-command-missing")]
    [InlineData("./run.sh all", null, "exit-code")]
    [InlineData("eng/run.sh", "127", "exit-code")]
    public void A_missing_command_that_was_there_or_is_a_script_of_the_workspace_is_red(
        string command,
        string? before,
        string reason
    ) => Assert.Equal(reason, Verdict(MustWord.Pass, "127", before, command).Reason);

    [Fact]
    public void What_vanished_and_what_is_new_is_named()
    {
        Assert.Equal(["b", "c"], Verdict(MustWord.Pass, "0: +a", "0: +a +b +c").Tests);
        Assert.Equal(["c"], Verdict(MustWord.NoNewFailures, "1: -b -c", "1: -b +c").Tests);
        Assert.Equal(["b"], Verdict(MustWord.Pass, "1: +a -b", null).Tests);
    }

    private static string? Judge(MustWord must, string end, string? before) => Verdict(must, end, before).Reason;

    private static CheckVerdict Verdict(MustWord must, string end, string? before, string command = "run")
    {
        var verdict = CheckJudge.Judge(
            new Check("c", command, TimeSpan.FromMinutes(1), must, []),
            End(end),
            before is null ? null : End(before)
        );
        Assert.Equal(verdict.Reason is null, verdict.Outcome == CheckOutcomes.Pass);
        return verdict;
    }

    private static CheckEnd End(string text)
    {
        if (text == "t")
            return new(null, CheckOutcomes.Timeout);
        var parts = text.Split(": ");
        var code = int.Parse(parts[0].TrimEnd('!'));
        var outcome =
            code == 0 ? CheckOutcomes.Pass
            : code == 127 ? CheckOutcomes.Error
            : CheckOutcomes.Fail;
        if (text.EndsWith('!'))
            return new(code, outcome, null, "it wrote no report");
        return parts.Length == 1
            ? new(code, outcome)
            : new(
                code,
                outcome,
                new TestResults(
                    parts[1]
                        .Split(' ')
                        .Select(word => new TestCase(
                            word[1..],
                            word[0] == '+' ? TestEnd.Passed
                                : word[0] == '-' ? TestEnd.Failed
                                : TestEnd.Skipped
                        ))
                )
            );
    }
}
