using Xunit;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>The model says that it is done; the runner decides what it is.</summary>
public sealed class OutcomeTests
{
    private static readonly string[] TwoInA = [BadDay.Bash("echo two > a.txt"), "text: Done."];

    [Fact]
    public async Task No_changes()
    {
        using var day = new BadDay().Script(
            BadDay.Bash("cat a.txt; echo one > a.txt; touch b; rm b"),
            "text: I fixed everything."
        );
        var ending = await day.RunAsync();
        await ending.IsAsync(11, "no-changes", "no-changes", retryable: false);
        Assert.False(File.Exists(day.Patch));
    }

    [Fact]
    public async Task No_changes_where_none_are_expected()
    {
        using var day = new BadDay().Task("expect-changes: false");
        await (await day.RunAsync()).IsAsync(0, "success");
    }

    [Fact]
    public async Task Protected_paths_block()
    {
        using var day = ProtectedDay("block");
        var ending = await day.RunAsync();
        await ending.IsAsync(19, "gate-blocked", "protected-path", retryable: false);
        Assert.Contains("tests/t.txt", ending.Result.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("one\n", Read(day, "a.txt"));
        Assert.Equal("test\n", Read(day, "tests/t.txt"));
        Assert.False(Path.Exists(day.At(".github")));
    }

    [Fact]
    public async Task Protected_paths_block_whatever_apply_says()
    {
        using var day = ProtectedDay("block");
        await (await day.RunAsync("--apply=always")).IsAsync(19, "gate-blocked", "protected-path");
        Assert.Equal("one\n", Read(day, "a.txt"));
    }

    [Fact]
    public async Task Protected_paths_are_restored()
    {
        using var day = ProtectedDay("restore");
        var ending = await day.RunAsync();
        await ending.IsAsync(0, "success");
        Assert.DoesNotContain("tests/t.txt", await day.PatchAsync(), StringComparison.Ordinal);
        Assert.Equal(("two\n", "test\n"), (Read(day, "a.txt"), Read(day, "tests/t.txt")));
        Assert.False(Path.Exists(day.At(".github")));
        Assert.Contains("tests/t.txt", ending.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Protected_paths_that_are_for_review_are_delivered_and_not_applied()
    {
        using var day = ProtectedDay("review");
        var ending = await day.RunAsync();
        await ending.IsAsync(0, "success");
        Assert.Equal(("one\n", "test\n"), (Read(day, "a.txt"), Read(day, "tests/t.txt")));
        Assert.Contains("+weakened", await day.PatchAsync(), StringComparison.Ordinal);
        Assert.Equal("not-applied", ending.TaskResult.GetProperty("applied").GetString());
        Assert.Contains("tests/t.txt", ending.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkout_that_changed_meanwhile_is_not_touched()
    {
        using var day = new BadDay().Script(
            BadDay.Bash("echo two > a.txt; echo new > b.txt"),
            BadDay.Bash("until test -e /tmp/never; do sleep 0.2; test $((++n)) -gt 10 && break; done"),
            "text: Done."
        );
        using var run = day.Start();
        await run.UntilAsync("tool_result");
        await File.WriteAllTextAsync(day.At("a.txt"), "mine\n", TestContext.Current.CancellationToken);
        var ending = await run.EndAsync();
        await ending.IsAsync(22, "apply-failed", "conflict");
        Assert.Contains("a.txt", ending.Result.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("mine\n", Read(day, "a.txt"));
        Assert.Equal(["a.txt"], Directory.GetFileSystemEntries(day.Workspace).Select(Path.GetFileName));
        Assert.Contains("+new", await day.PatchAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_that_is_red_after_the_last_round()
    {
        using var day = new BadDay()
            .Task(
                "verify: { rounds: 2, checks: [{ id: ok, run: 'true' }, { id: three, run: cat a.txt; grep three a.txt }] }"
            )
            .Script([.. TwoInA, BadDay.Bash("echo four > a.txt"), "expect: { not-contains: nothing }, text: Done."]);
        var ending = await day.RunAsync();
        await ending.IsAsync(10, "task-failed", "check-failed", retryable: false);
        Assert.Equal("one\n", Read(day, "a.txt"));
        Assert.StartsWith(
            "two\n",
            await File.ReadAllTextAsync(
                Path.Combine(day.TaskDirectory, "checks", "1-three.log"),
                TestContext.Current.CancellationToken
            ),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "four\n",
            await File.ReadAllTextAsync(
                Path.Combine(day.TaskDirectory, "checks", "2-three.log"),
                TestContext.Current.CancellationToken
            ),
            StringComparison.Ordinal
        );
        var checks = ending
            .TaskResult.GetProperty("checks")
            .EnumerateArray()
            .Select(check => check.GetProperty("outcome").GetString());
        Assert.Equal(["pass", "fail"], checks);
    }

    [Fact]
    public async Task A_check_that_is_mended_in_the_last_round()
    {
        using var day = new BadDay()
            .Task("verify: { rounds: 2, checks: [{ id: three, run: grep three a.txt }] }")
            .Script([
                .. TwoInA,
                $"expect: {{ last-message-contains: grep three }}, {BadDay.Bash("echo three > a.txt")}",
                "text: Done.",
            ]);
        await (await day.RunAsync()).IsAsync(0, "success");
        Assert.Equal("three\n", Read(day, "a.txt"));
    }

    [Fact]
    public async Task A_check_that_takes_too_long()
    {
        using var day = new BadDay()
            .Task("verify: { rounds: 1, checks: [{ id: slow, run: sleep 60, timeout: 1s }] }")
            .Script(TwoInA);
        await (await day.RunAsync()).IsAsync(10, "task-failed", "check-failed");
    }

    [Fact]
    public async Task A_check_whose_command_does_not_exist()
    {
        using var day = new BadDay()
            .Task("verify: { rounds: 3, checks: [{ id: lint, run: no-such-linter --strict }] }")
            .Script(TwoInA);
        var ending = await day.RunAsync();
        await ending.IsAsync(5, "setup-failed", "check-command-missing", retryable: false);
        Assert.Contains("no-such-linter", ending.Result.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setup_step_that_fails()
    {
        using var day = new BadDay()
            .Task(sandbox: "setup: [{ run: 'echo cannot; exit 3' }, { run: echo next }]")
            .Script(TwoInA);
        var ending = await day.RunAsync();
        await ending.IsAsync(5, "setup-failed", "setup-step");
        Assert.Contains("cannot", ending.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(
            Ending.ReadTranscript(day.Transcript),
            line => line.GetProperty("type").GetString() == "message"
        );
    }

    [Fact]
    public async Task What_setup_made_is_seen_by_agent_and_checks_and_is_not_in_the_patch()
    {
        using var day = new BadDay()
            .Task(
                "verify: { checks: [{ id: built, run: grep -q made build/out && grep -q two a.txt }] }",
                sandbox: "setup: [{ run: mkdir build && echo made > build/out }, { run: echo set > a.txt }]"
            )
            .Script(BadDay.Bash("cat build/out a.txt; echo two >> a.txt; echo more > b.txt"), "text: Done.");
        var ending = await day.RunAsync();
        Assert.Contains("made\nset", ending.ToolResults(), StringComparison.Ordinal);
        Assert.DoesNotContain("build/out", await day.PatchAsync(), StringComparison.Ordinal);
        Assert.False(Path.Exists(day.At("build")));
    }

    [Fact]
    public async Task What_is_ignored_is_not_in_the_patch()
    {
        using var day = new BadDay().Script(
            BadDay.Bash(
                "echo two > a.txt; echo x > x.log; mkdir obj; echo y > obj/y; echo '!x.log' > sub.txt; rm .gitignore"
            ),
            "text: Done."
        );
        await File.WriteAllTextAsync(day.At(".gitignore"), "*.log\nobj/\n", TestContext.Current.CancellationToken);
        var ending = await day.RunAsync();
        await ending.IsAsync(0, "success");
        Assert.Equal(
            ["a.txt", "sub.txt"],
            Directory.GetFileSystemEntries(day.Workspace).Select(Path.GetFileName).Order()
        );
        var skipped = ending.TaskResult.GetProperty("changes").GetProperty("skipped").ToString();
        Assert.Contains("x.log", skipped, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_read_only_run_offers_nothing_that_writes()
    {
        using var day = new BadDay()
            .Task("expect-changes: false")
            .Policy("mode: read-only\n")
            .Script(
                "expect: { tools: [read_file, glob_search, grep_search, todo_write, report_outcome] }, tool-uses: [{ name: write_file, input: { path: a.txt, content: two } }, "
                    + "{ name: bash, input: { command: echo two > a.txt } }, { name: read_file, input: { path: a.txt } }]",
                "text: Done."
            );
        var ending = await day.RunAsync();
        await ending.IsAsync(0, "success");
        Assert.Equal("one\n", Read(day, "a.txt"));
        Assert.False(File.Exists(day.Patch));
    }

    [Fact]
    public async Task A_required_tool_that_is_denied()
    {
        using var day = new BadDay()
            .Task("permissions: { required-tools: [bash], deny: ['bash(git push:*)'] }")
            .Script(BadDay.Bash("git push"), "text: Done.");
        await (await day.RunAsync()).IsAsync(12, "policy-blocked", "required-tool-denied");
    }

    [Theory]
    [InlineData("max-tool-calls: 2", "max-tool-calls")]
    [InlineData("max-output-tokens: 1", "max-output-tokens")]
    [InlineData("max-cost-usd: 0.15", "max-cost-usd")]
    public async Task Each_limit_ends_the_task_and_keeps_the_patch(string limit, string reason)
    {
        using var day = new BadDay()
            .Task($"limits: {{ {limit} }}")
            .Script(BadDay.Bash("echo two >> a.txt; wc -l a.txt") + ", repeat: forever");
        var script = Path.Combine(day.Root, "script.yaml");
        await File.WriteAllTextAsync(
            script,
            (await File.ReadAllTextAsync(script, TestContext.Current.CancellationToken)).Replace(
                "version: 1\n",
                "version: 1\nmodel: claude-sonnet-4-5\n",
                StringComparison.Ordinal
            ),
            TestContext.Current.CancellationToken
        );
        var ending = await day.RunAsync();
        await ending.IsAsync(13, "limit-exceeded", reason, retryable: false);
        Assert.Contains("+two", await day.PatchAsync(), StringComparison.Ordinal);
        Assert.Equal("one\n", Read(day, "a.txt"));
    }

    private static BadDay ProtectedDay(
        string onChange,
        [System.Runtime.CompilerServices.CallerMemberName] string test = ""
    )
    {
        var day = new BadDay(test: test)
            .Task($"protected-paths: {{ paths: [\"tests/**\"], on-change: {onChange} }}\nverify: {{ rounds: 1 }}")
            .Script(
                BadDay.Bash(
                    "echo two > a.txt; echo weakened > tests/t.txt"
                        + (onChange == "review" ? "" : "; mkdir -p .github/workflows; echo x > .github/workflows/x.yml")
                ),
                "text: Done."
            );
        Directory.CreateDirectory(day.At("tests"));
        File.WriteAllText(day.At("tests/t.txt"), "test\n");
        return day;
    }

    private static string Read(BadDay day, string file) => File.ReadAllText(day.At(file));
}
