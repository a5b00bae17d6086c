using System.Text.Json;
using ClawCi.Permissions;
using Xunit;

namespace ClawCi.Tests.Permissions;

public sealed class PermissionPolicyTests
{
    [Theory]
    [InlineData("read_file", true, true, true)]
    [InlineData("glob_search", true, true, true)]
    [InlineData("grep_search", true, true, true)]
    [InlineData("write_file", false, true, true)]
    [InlineData("edit_file", false, true, true)]
    [InlineData("bash", false, true, true)]
    [InlineData("web_fetch", false, false, false)]
    [InlineData("mcp__tracker__get_issue", false, false, false)]
    [InlineData("no_such_tool", false, false, false)]
    public void A_mode_grants_its_level(string tool, bool readOnly, bool workspaceWrite, bool dangerFullAccess)
    {
        foreach (
            var (mode, granted) in Enum.GetValues<PermissionMode>().Zip([readOnly, workspaceWrite, dangerFullAccess])
        )
        {
            var policy = PolicyText.Policy(mode);

            Assert.Equal(granted, policy.Decide(tool, PolicyText.Input("path", "a")).Allowed);
            Assert.Equal(!granted, policy.Hides(tool));
        }
    }

    [Fact]
    public void A_bare_deny_hides_the_tool()
    {
        var policy = PolicyText.Policy("- { id: no-shell, deny: Bash, message: There is no shell. }");

        Assert.True(policy.Hides("bash"));
        Assert.Equal(
            new PermissionDecision(false, "no-shell", "policy.yaml:3", "There is no shell.", "ls"),
            policy.Bash("ls")
        );
    }

    [Fact]
    public void A_deny_takes_away_what_it_matches_and_says_which_rule_it_is()
    {
        var policy = PolicyText.Policy("- { id: no-push, deny: bash, command: [git, [push, remote]] }");

        Assert.False(policy.Hides("bash"));
        Assert.True(policy.Bash("git status").Allowed);
        Assert.Equal(
            new PermissionDecision(
                false,
                "no-push",
                "policy.yaml:3",
                "Rule no-push denies bash(git push|remote …).",
                "git -C . push -f"
            ),
            policy.Bash("git -C . push -f")
        );
    }

    [Fact]
    public void An_allow_makes_its_tool_an_allow_list_and_leaves_others_alone()
    {
        var policy = PolicyText.Policy(
            "- { id: build, allow: bash, command: [dotnet, [build, test]] }\n- { allow: [\"Bash(git status:*)\", \"Bash(pwd)\"] }"
        );

        Assert.Equal(
            ("build", "policy.yaml:3"),
            (policy.Bash("dotnet test -v q").RuleId, policy.Bash("dotnet test").Source)
        );
        Assert.Equal("rule-2", policy.Bash("git status -s").RuleId);
        Assert.Equal("rule-2", policy.Bash("pwd").RuleId);
        Assert.True(policy.File("edit_file", "a").Allowed);
        var denied = policy.Bash("dotnet run");
        Assert.False(denied.Allowed);
        Assert.Equal("bash is allowed only for: dotnet build|test …; git status …; pwd.", denied.Reason);
        Assert.False(policy.Bash("pwd -P").Allowed);
    }

    [Fact]
    public void Paths_are_judged_as_the_workspace_sees_them()
    {
        var policy = PolicyText.Policy(
            "- { allow: [write_file, edit_file], paths: [\"src/**\", \"!src/generated/**\"] }"
        );

        foreach (var path in new[] { "src/a.cs", "./src//a.cs", "/workspace/src/a.cs", "docs/../src/x/y" })
            Assert.True(policy.File("edit_file", path).Allowed, path);
        foreach (
            var path in new[]
            {
                "src/generated/a.cs",
                "docs/a",
                "src/../docs/a",
                "../src/a",
                "/etc/passwd",
                "/workspace2/src/a",
                "/workspace/../src/a",
                "",
                "src\0/a",
            }
        )
            Assert.False(policy.File("write_file", path).Allowed, path);
        Assert.True(policy.File("read_file", "docs/a").Allowed);
    }

    [Fact]
    public void A_path_outside_the_workspace_is_denied_where_a_deny_rule_looks_at_paths()
    {
        var policy = PolicyText.Policy("- { deny: read_file, paths: [\"secrets/**\"] }");

        Assert.False(policy.File("read_file", "secrets").Allowed);
        Assert.False(policy.File("read_file", "x/../secrets/key").Allowed);
        Assert.False(policy.File("read_file", "../other").Allowed);
        Assert.True(policy.File("read_file", "secrets.md").Allowed);
    }

    [Fact]
    public void An_input_of_another_shape_is_never_allowed_by_a_rule()
    {
        var policy = PolicyText.Policy("- { allow: edit_file, paths: [\"**\"] }\n- { allow: bash, command: [ls] }");

        foreach (var input in new[] { "{}", "[]", "null", "3", """{"path": 3, "command": 3}""", """{"path": ["a"]}""" })
        {
            var element = JsonDocument.Parse(input).RootElement;
            Assert.False(policy.Decide("edit_file", element).Allowed, input);
            Assert.False(policy.Decide("bash", element).Allowed, input);
        }
    }

    [Fact]
    public void A_line_that_cannot_be_judged_is_denied_once_a_rule_looks_into_commands()
    {
        var policy = PolicyText.Policy("- { id: no-push, deny: bash, command: [git, push] }");

        Assert.True(policy.Bash("git status | cat").Allowed);
        Assert.Contains("a quote is not closed", policy.Bash("echo 'a").Reason);
        Assert.Contains("`eval` runs text that is computed: `$x`", policy.Bash("eval $x").Reason);
        Assert.Contains("a word of `git $x` is computed", policy.Bash("git $x").Reason);
        Assert.True(PolicyText.Policy("- { allow: read_file, paths: [a] }").Bash("eval $x").Allowed);
    }

    [Fact]
    public void Every_command_of_a_line_must_be_on_the_list_and_the_one_that_is_not_is_named()
    {
        var policy = PolicyText.Policy("- { id: build, allow: bash, command: [dotnet, build] }");

        Assert.True(policy.Bash("cd src && CI=1 timeout 60 dotnet build").Allowed);
        Assert.Equal(
            "bash is allowed only for: dotnet build …. `curl x` is not among them.",
            policy.Bash("dotnet build; curl x").Reason
        );
        Assert.Contains("it sets `PATH`", policy.Bash("PATH=/x dotnet build").Reason);
    }

    [Fact]
    public void A_redirection_is_judged_by_the_rules_about_files()
    {
        var policy = PolicyText.Policy(
            "- { id: generated, deny: edit_file, paths: [\"gen/**\"], message: It is generated. }\n- { id: secrets, deny: read_file, paths: [\"secrets/**\"] }"
        );

        Assert.Equal(
            ("generated", "It is generated."),
            (policy.Bash("ls > gen/a").RuleId, policy.Bash("ls >> gen/a").Reason)
        );
        foreach (
            var there in new[] { "cd gen", "cd -Pe gen", "eval 'cd gen'", "trap 'cd gen' DEBUG", "CDPATH=gen; cd x" }
        )
            Assert.False(policy.Bash($"{there}; ls > a").Allowed, there);
        Assert.True(policy.Bash("sh -c 'cd gen'; ls > a").Allowed);
        Assert.False(policy.Bash("ls > $x").Allowed);
        Assert.False(policy.Bash("cat < secrets/key").Allowed);
        foreach (
            var line in new[]
            {
                "ls > a",
                "ls > /dev/null 2>&1",
                "ls > /tmp/x",
                "cat < gen/a",
                "cd gen; ls > /workspace/a",
            }
        )
            Assert.True(policy.Bash(line).Allowed, line);
        var list = PolicyText.Policy("- { id: src, allow: write_file, paths: [\"src/**\"] }");
        Assert.True(list.Bash("ls > src/a").Allowed);
        Assert.False(list.Bash("ls > docs/a").Allowed);
    }

    [Fact]
    public void A_redirection_is_judged_also_in_a_workspace_below_tmp()
    {
        const string Workspace = "/tmp/claw-ci-run-task/workspace";
        var policy = new PermissionPolicy(
            PermissionMode.WorkspaceWrite,
            "built-in",
            [PolicyText.Layer("- { id: generated, deny: edit_file, paths: [\"gen/**\"] }")],
            [],
            Workspace
        );

        foreach (
            var line in new[] { "ls > gen/a", $"ls > {Workspace}/gen/a", "cd gen; ls > a", "ls > ../workspace/gen/a" }
        )
            Assert.Equal("generated", policy.Bash(line).RuleId);
        foreach (var line in new[] { "ls > a", "ls > /tmp/a", "ls > ../a" })
            Assert.True(policy.Bash(line).Allowed, line);
    }

    [Fact]
    public void Edit_in_a_rule_means_every_tool_that_edits_files()
    {
        var policy = PolicyText.Policy("- deny: Edit(docs/**)");

        Assert.False(policy.File("edit_file", "docs/a").Allowed);
        Assert.False(policy.File("write_file", "docs/a").Allowed);
        Assert.True(policy.File("read_file", "docs/a").Allowed);
    }
}
