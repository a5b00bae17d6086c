using Xunit;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>Hooks around a whole run.</summary>
public sealed class HookRunTests
{
    [Fact]
    public async Task A_session_hook_that_fails_ends_the_task_before_the_model_is_asked()
    {
        using var day = new BadDay();
        var ending = await day.RunAsync(Settings(day, "- { event: session-start, run: 'echo not today >&2; exit 2' }"));

        await ending.IsAsync(5, "setup-failed", "session-hook", retryable: false);
        Assert.Contains("not today", ending.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hooks_add_to_the_prompt_deny_calls_send_back_and_are_told_the_end()
    {
        using var day = new BadDay().Script(
            $"expect: {{ last-message-contains: a fact }}, {BadDay.Bash("echo two > a.txt; echo three > b.txt")}",
            $"expect: {{ last-message-contains: no b }}, {BadDay.Bash("echo two > a.txt")}",
            "text: Done.",
            "expect: { last-message-contains: look again }, text: Looked."
        );
        var ending = await day.RunAsync(
            Settings(
                day,
                """
                - { event: session-start, run: echo a fact }
                - { event: pre-tool-use, matcher: Bash, run: 'if grep -q b.txt; then echo no b >&2; exit 2; fi' }
                - { event: stop, run: 'if grep -q :false; then echo look again >&2; exit 2; fi' }
                - { event: session-end, run: 'cat > end.json' }
                """
            )
        );

        await ending.IsAsync(0, "success");
        Assert.Equal("two\n", File.ReadAllText(day.At("a.txt")));
        Assert.False(File.Exists(day.At("b.txt")));
        Assert.Contains(
            "\"outcome\":\"success\"",
            File.ReadAllText(Path.Combine(day.Root, "end.json")),
            StringComparison.Ordinal
        );
        Assert.Equal(1, ending.TaskResult.GetProperty("permission_denials").GetArrayLength());
    }

    [Fact]
    public async Task The_workspaces_own_hooks_do_not_run_and_its_rules_hold()
    {
        using var day = new BadDay().Script(BadDay.Bash("echo two > a.txt"), "text: Done.");
        Directory.CreateDirectory(day.At(".claw"));
        File.WriteAllText(
            day.At(".claw/settings.yaml"),
            "version: 1\npermissions: { deny: [bash] }\nhooks: [ { event: session-start, run: touch pwned } ]\n"
        );
        var ending = await day.RunAsync();

        await ending.IsAsync(11, "no-changes");
        Assert.False(File.Exists(day.At(".claw/pwned")));
        Assert.Contains("--trust-workspace", ending.Error, StringComparison.Ordinal);
    }

    private static string Settings(BadDay day, string hooks)
    {
        var path = Path.Combine(day.Root, "settings.yaml");
        File.WriteAllText(path, $"version: 1\nhooks:\n{hooks}\n");
        return $"--settings={path}";
    }
}
