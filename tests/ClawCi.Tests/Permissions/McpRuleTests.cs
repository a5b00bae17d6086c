using ClawCi.Permissions;
using Xunit;

namespace ClawCi.Tests.Permissions;

/// <summary>Tools of MCP servers: granted by a rule of a policy file, and by nothing else.</summary>
public sealed class McpRuleTests
{
    private static readonly McpName GetIssue = new("tracker", "get_issue");

    [Theory]
    [InlineData("- { allow: mcp, server: tracker, tools: [get_issue] }", true)]
    [InlineData("- { allow: mcp, server: TRACKER, tools: [Get_Issue] }", true)]
    [InlineData("- { allow: mcp, server: tracker }", true)]
    [InlineData("- { allow: mcp }", true)]
    [InlineData("- { allow: mcp__tracker__get_issue }", true)]
    [InlineData("- { allow: mcp__tracker }", true)]
    [InlineData("- { allow: mcp__tracker__* }", true)]
    [InlineData("- { allow: MCP__Tracker__Get_Issue }", true)]
    [InlineData("- { allow: mcp, server: tracker, tools: [close] }", false)]
    [InlineData("- { allow: mcp, server: track, tools: [get_issue] }", false)]
    [InlineData("- { allow: mcp__tracker__get }", false)]
    [InlineData("- { allow: mcp__track__er__get_issue }", false)]
    [InlineData("- { allow: mcp }\n- { deny: mcp, server: tracker }", false)]
    [InlineData("- { allow: mcp }\n- { deny: mcp__tracker__get_issue }", false)]
    [InlineData("- { allow: mcp }\n- { deny: mcp }", false)]
    [InlineData("- { allow: mcp }\n- { deny: mcp, server: other }", true)]
    [InlineData("- { allow: bash }", false)]
    public void A_tool_is_offered_when_a_rule_grants_it_and_none_denies_it(string rules, bool granted)
    {
        foreach (var mode in Enum.GetValues<PermissionMode>())
        {
            var policy = Granting(mode, rules);
            Assert.Equal(!granted, policy.Hides(GetIssue));
            Assert.Equal(granted, policy.Decide("mcp__whatever", PolicyText.Input("path", "x"), GetIssue).Allowed);
        }
    }

    [Fact]
    public void A_source_that_may_not_grant_only_narrows()
    {
        var task = PolicyText.Layer("- { allow: mcp__tracker__get_issue }");
        var all = PolicyText.Layer("- { allow: mcp, server: tracker }");
        var silent = PolicyText.Layer("- { allow: bash, command: [ls] }");
        Assert.True(Of(task).Hides(GetIssue));
        Assert.True(Of(task, silent.Granting(true)).Hides(GetIssue));
        Assert.False(Of(task, all.Granting(true)).Hides(GetIssue));
        Assert.True(Of(task, all.Granting(true)).Hides(new McpName("tracker", "close")));
        Assert.False(Of(silent.Granting(true), all.Granting(true)).Hides(GetIssue));
    }

    [Fact]
    public void What_the_model_writes_into_a_call_is_no_matter_to_rules()
    {
        var policy = Granting(PermissionMode.WorkspaceWrite, "- { allow: mcp, server: tracker, tools: [get_issue] }");
        var claim = PolicyText.Input("path", "tracker get_issue");
        Assert.False(policy.Decide("mcp__tracker__close", claim, new McpName("tracker", "close")).Allowed);
        Assert.Equal(
            "No rule of a policy file grants the MCP tool other get_issue.",
            Granting(PermissionMode.WorkspaceWrite, "- { deny: bash }")
                .Decide("mcp__other__get_issue", claim, new McpName("other", "get_issue"))
                .Reason
        );
    }

    [Theory]
    [InlineData("tracker", "get_issue", "mcp__tracker__get_issue")]
    [InlineData("my-server", "list issues!", "mcp__my-server__list_issues_")]
    public void Names_are_spelled_as_providers_take_them(string server, string tool, string expected) =>
        Assert.Equal(expected, new McpName(server, tool).Short);

    [Fact]
    public void A_long_name_is_cut_and_stays_the_tools_own()
    {
        var one = new McpName("tracker", new string('x', 100));
        var other = new McpName("tracker", new string('x', 101));
        Assert.Equal(64, one.Short.Length);
        Assert.NotEqual(one.Short, other.Short);
        Assert.NotEqual(new McpName("tracker", "a b").Hashed, new McpName("tracker", "a_b").Hashed);
        Assert.True(new McpPattern(null, null, one.Short).Matches(one));
        Assert.False(new McpPattern(null, null, one.Short).Matches(other));
    }

    [Fact]
    public void Explanation_and_cases_take_both_spellings()
    {
        var policy = Granting(
            PermissionMode.WorkspaceWrite,
            "- { id: read, allow: mcp, server: tracker, tools: [get_issue] }"
        );
        foreach (var (tool, argument) in new[] { ("mcp", "tracker get_issue"), ("mcp__tracker__get_issue", "") })
        {
            var explained = PolicyExplanation.Of(policy, tool, argument);
            Assert.True(explained.Allowed);
            Assert.Equal("read", explained.RuleId);
            Assert.Equal("read", Assert.Single(explained.Matches).RuleId);
        }
        Assert.False(PolicyExplanation.Of(policy, "mcp", "tracker close").Allowed);
        Assert.False(PolicyExplanation.Of(policy, "mcp", "tracker").Allowed);
    }

    private static PermissionPolicy Granting(PermissionMode mode, string rules) =>
        new(mode, "built-in", [PolicyText.Layer(rules).Granting(true)], [], "/workspace");

    private static PermissionPolicy Of(params PolicyLayer[] layers) =>
        new(PermissionMode.WorkspaceWrite, "built-in", layers, [], "/workspace");
}
