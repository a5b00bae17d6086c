using ClawCi.Events;
using Xunit;

namespace ClawCi.Docker.Tests.Verification;

/// <summary>Checks with reports and a baseline, on real containers.</summary>
public sealed class ReportAndBaselineTests
{
    /// <summary>A test runner in a few lines: each line of <c>tests</c> is a name and a shell condition; what fails is in the report.</summary>
    private const string Runner = """
        #!/bin/sh
        mkdir -p out; { echo '<testsuite>'; bad=0
        while read -r name condition; do
          if sh -c "$condition"; then echo "<testcase classname='t' name='$name'/>"
          else bad=1; echo "<testcase classname='t' name='$name'><failure/></testcase>"; fi
        done < tests; echo '</testsuite>'; } > out/report.xml; exit $bad
        """;

    private const string Verify =
        "verify: { rounds: 2, checks: [{ id: tests, run: sh run-tests, must: no-new-failures, report: 'out/*.xml' }] }";

    [Fact]
    public async Task What_failed_before_may_fail_on_and_the_model_is_told_the_names()
    {
        using var run = Project("old test -e never\ntwo grep -q two a.txt\nthree ! grep -q three a.txt\n");
        var ended = await run.RunAsync(
            Verify,
            [
                $"expect: {{ last-message-contains: ['Before you began', t.old, t.two] }}, {EngineRun.Bash("echo three > a.txt")}",
                "text: Done.",
                $"expect: {{ last-message-contains: ['1 of the failing tests did not', 'Failing tests:', t.three], not-contains: t.old }}, {EngineRun.Bash("echo two > a.txt")}",
                "text: Done.",
            ]
        );
        Assert.Equal(("success", 0), (ended.Outcome, ended.ExitCode));
        var check = Assert.Single(ended.Checks);
        Assert.Equal(
            (2, "pass", 1, new TestCounts(2, 1, 0)),
            (check.Round, check.Outcome, check.ExitCode, check.Tests)
        );
        Assert.Equal([0, 1, 2], run.Events.OfType<CheckRan>().Select(ran => ran.Round));
    }

    [Fact]
    public async Task A_deleted_test_is_named_and_never_green()
    {
        using var run = Project("old test -e never\ntwo grep -q two a.txt\n");
        var ended = await run.RunAsync(
            Verify.Replace("rounds: 2", "rounds: 1", StringComparison.Ordinal),
            [EngineRun.Bash("sed -i /old/d tests; echo two > a.txt"), "text: All tests pass."]
        );
        Assert.Equal(("task-failed", "tests-vanished"), (ended.Outcome, ended.Reason));
        Assert.Equal(["t.old"], Assert.Single(ended.Checks).NamedTests!);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("sed -i s/two/two/ a.txt")]
    public async Task A_planted_report_does_not_count(string command)
    {
        using var run = new EngineRun();
        var ended = await run.RunAsync(
            $"verify: {{ rounds: 1, checks: [{{ id: tests, run: '{command}', report: ['out/*.xml', '**/*.tap'] }}] }}",
            [
                EngineRun.Bash(
                    "mkdir out; echo \"<testsuite><testcase name='all'/></testsuite>\" > out/r.xml; printf '1..1\\nok 1\\n' > r.tap; touch -d '+1 year' out/r.xml r.tap; echo two > a.txt"
                ),
                "text: Done.",
            ]
        );
        Assert.Equal(("task-failed", "report-missing"), (ended.Outcome, ended.Reason));
        Assert.Contains(
            "it wrote no test report that matches out/*.xml or **/*.tap",
            ended.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Reports_count_where_git_ignores_them_and_written_over_an_old_one_but_not_as_links()
    {
        using var run = new EngineRun().File(".gitignore", "out/\n").File("old.tap", "1..1\nok 1\n");
        var ended = await run.RunAsync(
            "verify: { rounds: 1, checks: [ "
                + "{ id: ignored, run: 'mkdir -p out; printf \"1..1\\\\nok 1\\\\n\" > out/a.tap', report: 'out/*.tap' }, "
                + "{ id: over, run: 'printf \"1..1\\\\nok 1\\\\n\" > old.tap', report: '*.tap' }, "
                + "{ id: link, run: 'ln -s ../old.tap out/b.tap', report: 'out/b.tap' } ] }",
            [EngineRun.Bash("echo two > a.txt"), "text: Done."]
        );
        Assert.Equal(["pass", "pass", "fail"], ended.Checks.Select(check => check.Outcome));
        Assert.Equal("report-missing", ended.Reason);
    }

    [Theory]
    [InlineData(1, "success")]
    [InlineData(2, "task-failed")]
    public async Task A_check_that_is_green_when_it_runs_again_is_flaky_and_one_that_stays_red_is_red(
        int redRuns,
        string outcome
    )
    {
        using var run = new EngineRun();
        // What differs from one fresh container to the next comes from outside, as chance does.
        var flag = Directory.CreateDirectory(run.Files["flag"]).FullName;
        var runs = new List<CheckRan>();
        var ended = await run.RunAsync(
            "verify: { rounds: 1, flaky-reruns: 1, checks: [{ id: first, run: touch made }, { id: chance, run: test -e made && test -e /flag/green }] }",
            [EngineRun.Bash("echo two > a.txt"), "text: Done."],
            sandbox: $", mounts: [{{ source: {flag}, target: /flag }}]",
            meanwhile: happened =>
            {
                if (happened is not CheckRan { Id: "chance" } ran)
                    return;
                runs.Add(ran);
                if (runs.Count == redRuns)
                    File.WriteAllText(Path.Combine(flag, "green"), "");
            }
        );
        Assert.Equal(outcome, ended.Outcome);
        Assert.Equal([null, 1], runs.Select(ran => ran.Rerun));
        var summary = ended.Checks.Single(check => check.Id == "chance");
        var isFlaky = outcome == "success";
        Assert.Equal((isFlaky ? "pass" : "fail", isFlaky ? true : null), (summary.Outcome, summary.Flaky));
        Assert.Equal(isFlaky, run.Events.OfType<Warned>().Any(warned => warned.Message.Contains("flaky")));
    }

    [Fact]
    public async Task Unchanged_holds_the_way_it_fails_too()
    {
        using var run = new EngineRun();
        var ended = await run.RunAsync(
            "verify: { rounds: 1, checks: [{ id: same, run: exit 3, must: unchanged }, { id: other, run: 'grep -q one a.txt', must: unchanged }] }",
            [EngineRun.Bash("echo two > a.txt"), "text: Done."]
        );
        Assert.Equal(["pass", "fail"], ended.Checks.Select(check => check.Outcome));
        Assert.Equal("changed", ended.Reason);
    }

    private static EngineRun Project(
        string tests,
        [System.Runtime.CompilerServices.CallerMemberName] string test = ""
    ) => new EngineRun(test).File("run-tests", Runner).File("tests", tests);
}
