using Xunit;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>Workspaces that nobody thought of.</summary>
public sealed class WorkspaceTests
{
    [Fact]
    public async Task No_git_repository_is_needed()
    {
        using var day = new BadDay().Script(BadDay.Bash("echo two > a.txt"), "text: Done.");
        var ending = await day.RunAsync();
        await ending.IsAsync(0, "success");
        Assert.Equal("two\n", await ReadAsync(day.At("a.txt")));
        Assert.Equal("applied", ending.TaskResult.GetProperty("applied").GetString());
    }

    [Fact]
    public async Task An_empty_directory_is_a_workspace()
    {
        using var day = new BadDay().Script(BadDay.Bash("ls -A; mkdir -p new; echo first > new/file"), "text: Done.");
        File.Delete(day.At("a.txt"));
        await (await day.RunAsync()).IsAsync(0, "success");
        Assert.Equal("first\n", await ReadAsync(day.At("new/file")));
    }

    [Theory]
    [InlineData("no-such-directory")]
    [InlineData("task.yaml")]
    public async Task What_is_no_directory_is_no_workspace(string workspace)
    {
        using var day = new BadDay();
        var end = await ClawCiProgram.RunAsync(
            day.Root,
            ["run", "task.yaml", "--model=scripted/script.yaml", $"--workspace={workspace}"]
        );
        Assert.Equal(3, end.ExitCode);
        Assert.Contains(workspace, end.Error, StringComparison.Ordinal);
        Assert.Contains("CLAW_CI_STATUS: outcome=invalid-input ", end.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(day.Root, "claw-ci-out")));
    }

    [Fact]
    public async Task A_workspace_that_this_user_may_not_look_into_is_named()
    {
        using var day = new BadDay();
        using var elsewhere = new BadDay("closed");
        await day.ShellAsync($"chmod 711 {elsewhere.Root}; chmod 700 {elsewhere.Workspace}");
        day.Workspace = elsewhere.Workspace;
        var ending = await day.RunAsNobodyAsync();
        Assert.Contains(ending.End.ExitCode, new[] { 3, 18 });
        Assert.Contains(elsewhere.Workspace, ending.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ending.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_the_agent_may_not_read_are_not_lost()
    {
        using var day = new BadDay().Script(BadDay.Bash("cat locked/secret; echo two > a.txt"), "text: Done.");
        Directory.CreateDirectory(day.At("locked"));
        await File.WriteAllTextAsync(day.At("locked/secret"), "x", TestContext.Current.CancellationToken);
        await day.ShellAsync(
            $"chown -R 1234:1234 {day.Workspace}; chown -R root:root {day.At("locked")}; chmod 700 {day.At("locked")}"
        );
        await (await day.RunAsync()).IsAsync(0, "success");
        Assert.Equal("x", await ReadAsync(day.At("locked/secret")));
        Assert.Equal("1234 1234 a.txt\n", await day.ShellAsync($"cd {day.Workspace}; stat -c '%u %g %n' a.txt"));
    }

    [Fact]
    public async Task A_hundred_thousand_files()
    {
        using var day = new BadDay().Script(
            BadDay.Bash("echo two > a.txt; rm -r d7; echo new > d8/new; find . -type f | wc -l"),
            "text: Done."
        );
        await day.ShellAsync(
            $"cd {day.Workspace}; for d in $(seq 100); do mkdir d$d; (cd d$d; seq 1000 | xargs touch); done"
        );
        var ending = await day.RunAsync();
        await ending.IsAsync(0, "success");
        Assert.Contains("99002", ending.ToolResults(), StringComparison.Ordinal);
        Assert.Equal(1002, ending.TaskResult.GetProperty("changes").GetProperty("files").GetInt32());
        Assert.Equal("99002\n", await day.ShellAsync($"find {day.Workspace} -type f | wc -l"));
    }

    [Fact]
    public async Task Names_in_any_bytes_are_changed_added_deleted_and_applied()
    {
        const string Names =
            """a=$'line\nbreak'; b=$'\xff\xfe not utf-8'; c=$'-dash "quote\'s \\ \t\x01\x7f'; d=$'\xf0\x9f\xa6\x80 é'; """;
        using var day = new BadDay();
        await day.ShellAsync(
            $"cd {day.Workspace}; {Names} for n in \"$a\" \"$b\" \"$c\"; do echo old > \"./$n\"; done"
        );
        // The script file is text: the names are made by the agent's shell, too.
        day.Script(
            BadDay.Bash(
                $"{Names} echo new > \"./$a\"; echo new > \"./$b\"; rm \"./$c\"; mkdir \"./$d\"; echo added > \"./$d/$b\""
            ),
            "text: Done."
        );
        var ending = await day.RunAsync();
        await ending.IsAsync(0, "success");
        var check =
            $"{Names} test \"$(cat \"./$a\" \"./$b\" \"./$d/$b\")\" = $'new\\nnew\\nadded' && test ! -e \"./$c\"";
        await day.ShellAsync($"cd {day.Workspace}; {check}");

        await day.ShellAsync(
            $"mkdir pristine; cd pristine; echo one > a.txt; {Names} for n in \"$a\" \"$b\" \"$c\"; do echo old > \"./$n\"; done; "
                + $"GIT_CEILING_DIRECTORIES={day.Root} git apply {day.Patch}; {check}"
        );
    }

    [Theory]
    [InlineData("pro,je:ct")]
    [InlineData("with space and \"quotes'")]
    [InlineData("lowerdir=x,upperdir=y")]
    [InlineData("back\\slash")]
    [InlineData("ünï→")]
    public async Task Any_path_can_be_a_workspace(string name)
    {
        using var day = new BadDay(name).Script(BadDay.Bash("cat a.txt; echo two > a.txt"), "text: Done.");
        var ending = await day.RunAsync();
        await ending.IsAsync(0, "success");
        Assert.Contains("one", ending.ToolResults(), StringComparison.Ordinal);
        Assert.Equal("two\n", await ReadAsync(day.At("a.txt")));
    }

    [Fact]
    public async Task An_out_directory_inside_is_neither_seen_nor_delivered()
    {
        using var day = new BadDay().Script(
            BadDay.Bash("ls -A below/out; echo x > below/out/planted; echo y > below/fine; echo done"),
            "text: Done."
        );
        day.Out = day.At("below/out");
        var ending = await day.RunAsync();
        await ending.IsAsync(0, "success");
        Assert.DoesNotContain("tasks", ending.ToolResults(), StringComparison.Ordinal);
        Assert.DoesNotContain("planted", await day.PatchAsync(), StringComparison.Ordinal);
        Assert.False(Path.Exists(day.At("below/out/planted")));
        Assert.Equal("y\n", await ReadAsync(day.At("below/fine")));
    }

    [Fact]
    public async Task An_out_directory_outside_cannot_be_reached()
    {
        using var day = new BadDay().Script(
            BadDay.Bash("ls /; ls ..; cat ../out/tasks/bad-day/transcript.jsonl; echo two > a.txt"),
            "text: Done."
        );
        var ending = await day.RunAsync();
        await ending.IsAsync(0, "success");
        Assert.DoesNotContain("run_started", ending.ToolResults(), StringComparison.Ordinal);
    }

    private static Task<string> ReadAsync(string path) =>
        File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
}
