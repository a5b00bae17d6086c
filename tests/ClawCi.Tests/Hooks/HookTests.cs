using System.Text.Json;
using ClawCi.Configuration;
using ClawCi.Events;
using ClawCi.Hooks;
using ClawCi.Messages;
using ClawCi.Permissions;
using ClawCi.TestSupport;
using ClawCi.Tools;
using Xunit;

namespace ClawCi.Tests.Hooks;

/// <summary>Real commands around a tool that answers with its input.</summary>
public sealed class HookTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly RecordingObserver _events = new();

    [Fact]
    public async Task A_hook_sees_the_call_and_nothing_of_the_runners_environment()
    {
        var (text, isError) = await RunAsync(Hook(HookEvent.PreToolUse, "cat > seen; env > environment"));

        Assert.Equal(("""ran {"command":"ls"}""", false), (text, isError));
        var seen = JsonElement.Parse(File.ReadAllText(_directory["seen"]));
        Assert.Equal("PreToolUse", seen.GetProperty("hook_event_name").GetString());
        Assert.Equal("bash", seen.GetProperty("tool_name").GetString());
        Assert.Equal("ls", seen.GetProperty("tool_input").GetProperty("command").GetString());
        Assert.Equal("session", seen.GetProperty("session_id").GetString());
        Assert.All(
            File.ReadAllLines(_directory["environment"]),
            line => Assert.Contains(line.Split('=')[0], (string[])["PATH", "LANG", "PWD", "SHLVL", "_", "OLDPWD"])
        );
    }

    [Fact]
    public async Task A_hook_gets_the_variables_that_it_names_and_no_other()
    {
        var hook = Hook(HookEvent.PreToolUse, "env > environment") with { Variables = ["TEAM", "NOT_SET"] };
        await RunAsync(hook, variable: name => name is "TEAM" or "ANTHROPIC_API_KEY" ? $"value of {name}" : null);

        var environment = File.ReadAllText(_directory["environment"]);
        Assert.Contains("TEAM=value of TEAM\n", environment, StringComparison.Ordinal);
        Assert.DoesNotContain("ANTHROPIC_API_KEY", environment, StringComparison.Ordinal);
        Assert.DoesNotContain("NOT_SET", environment, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("echo no pushing >&2; exit 2", "no pushing")]
    [InlineData("""echo '{"decision":"block","reason":"not so"}'""", "not so")]
    [InlineData("""echo '{"continue":false,"stopReason":"enough"}'""", "enough")]
    [InlineData(
        """echo '{"hookSpecificOutput":{"permissionDecision":"deny","permissionDecisionReason":"never"}}'""",
        "never"
    )]
    [InlineData("""echo '{"hookSpecificOutput":{"permissionDecision":"ask"}}'""", "objects")]
    [InlineData("exit 1", "exit code 1")]
    [InlineData("echo '{broken'", "not the JSON")]
    [InlineData("sleep 60 & sleep 60", "longer than")]
    [InlineData("head -c 2000000 /dev/zero", "1 MiB")]
    public async Task A_hook_that_objects_or_fails_denies_the_call(string run, string reason)
    {
        var (text, isError) = await RunAsync(Hook(HookEvent.PreToolUse, run));

        Assert.True(isError);
        Assert.StartsWith("Denied by PreToolUse hook (settings.yaml:3): ", text, StringComparison.Ordinal);
        Assert.Contains(reason, text, StringComparison.Ordinal);
        Assert.Contains(Assert.Single(_events.Events.OfType<HookRan>()).Decision, (string[])["block", "error"]);
    }

    [Fact]
    public async Task What_a_hook_makes_of_the_input_is_decided_on_by_the_policy()
    {
        var rewritten = await RunAsync(Rewrite("git push"));
        Assert.True(rewritten.IsError);
        Assert.Contains("rule no-push", rewritten.Text, StringComparison.Ordinal);

        Assert.Equal(("""ran {"command":"true"}""", false), await RunAsync(Rewrite("true")));
    }

    [Fact]
    public async Task An_allow_lifts_no_deny()
    {
        var (text, isError) = await RunAsync(
            Hook(HookEvent.PreToolUse, """echo '{"hookSpecificOutput":{"permissionDecision":"allow"}}'"""),
            command: "git push"
        );
        Assert.True(isError);
        Assert.Contains("no-push", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hook_behind_the_call_may_add_to_the_answer()
    {
        var hook = Hook(
            HookEvent.PostToolUse,
            """grep -q 'ran' && echo '{"hookSpecificOutput":{"additionalContext":"Mind the style."}}'"""
        );
        Assert.Equal(("ran {\"command\":\"ls\"}\nMind the style.", false), await RunAsync(hook));
    }

    [Fact]
    public async Task A_hook_about_other_tools_does_not_run()
    {
        await RunAsync(Hook(HookEvent.PreToolUse, "exit 2") with { Tools = ["edit_file"] });
        Assert.Empty(_events.Events.OfType<HookRan>());
    }

    [Theory]
    [InlineData("mcp", "mcp__tracker__get_Issue", true)]
    [InlineData("mcp__tracker", "mcp__tracker__get_Issue", true)]
    [InlineData("mcp__tracker__*", "mcp__tracker__get_Issue", true)]
    [InlineData("mcp__Tracker__get_issue", "mcp__tracker__get_Issue", true)]
    [InlineData("mcp__track", "mcp__tracker__get_Issue", false)]
    [InlineData("mcp__tracker__get", "mcp__tracker__get_Issue", false)]
    [InlineData("Edit", "write_file", true)]
    [InlineData("bash", "bash_output", false)]
    public void A_matcher_is_about_tools_by_any_of_their_names(string matcher, string tool, bool expected) =>
        Assert.Equal(
            expected,
            (Hook(HookEvent.PreToolUse, "") with { Tools = HookReader.Tools(matcher, out _) }).IsAbout(tool)
        );

    public void Dispose() => _directory.Dispose();

    private Hook Rewrite(string command) =>
        Hook(
            HookEvent.PreToolUse,
            $$$$"""echo '{"hookSpecificOutput":{"updatedInput":{"command":"{{{{command}}}}"}}}'"""
        );

    private Hook Hook(HookEvent moment, string run) =>
        new(moment, null, run, _directory.Path, TimeSpan.FromSeconds(2), "settings.yaml:3");

    private async Task<(string Text, bool IsError)> RunAsync(
        Hook hook,
        string command = "ls",
        Func<string, string?>? variable = null
    )
    {
        var rule = RuleSpelling.Parse("bash(git push:*)", out _)!.ToRule("no-push", "policy.yaml", 1, RuleEffect.Deny);
        var policy = new PermissionPolicy(PermissionMode.WorkspaceWrite, "built-in", [new([rule])], [], "/workspace");
        var tool = new Tool(
            new ToolDefinition("bash", "", JsonElement.Parse("{}")),
            (call, _) => Task.FromResult(new ToolOutput($"ran {call.Input.GetRawText()}", false))
        );
        var dispatcher = new ToolDispatcher(
            new ToolSet([tool], policy),
            policy,
            new HookRunner([hook], "session", "/workspace", _events, TimeProvider.System)
            {
                Variable = variable ?? (_ => null),
            },
            _events,
            TimeProvider.System
        );
        var input = JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["command"] = command });
        var result = await dispatcher.RunAsync(
            new ToolUseBlock("toolu_1", "bash", input),
            1,
            isLast: true,
            TestContext.Current.CancellationToken
        );
        return (result.Text, result.IsError);
    }
}
