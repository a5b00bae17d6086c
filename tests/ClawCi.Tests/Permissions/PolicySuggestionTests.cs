using System.Text;
using ClawCi.Configuration;
using ClawCi.Permissions;
using Xunit;

namespace ClawCi.Tests.Permissions;

public sealed class PolicySuggestionTests
{
    private static readonly (string Tool, string Argument)[] Calls =
    [
        ("bash", "cd src && dotnet test | tail -5"),
        ("bash", "git -C . status; git log --oneline"),
        ("bash", "python3 tool.py > out/log.txt"),
        ("write_file", "src/a.cs"),
        ("edit_file", "src/a/b.cs"),
        ("read_file", "README.md"),
        ("grep_search", "x"),
    ];

    [Fact]
    public void Under_the_suggested_rules_the_same_calls_are_allowed_and_others_are_not()
    {
        var text = Suggest(null);
        var policy = PermissionPolicy.Alone(Read(text), "/workspace");

        Assert.DoesNotContain(Calls, call => !Decide(policy, call));
        foreach (
            var other in new[]
            {
                ("bash", "curl x"),
                ("bash", "git push"),
                ("bash", "dotnet run"),
                ("write_file", "docs/a"),
                ("bash", "ls > x"),
            }
        )
            Assert.False(Decide(policy, other), other.Item2);
        Assert.Contains("# used as `git -C . status`, `git log --oneline`; allows every other argument of these", text);
        Assert.Contains("and with them anything at all", text);
    }

    [Fact]
    public void Tools_of_MCP_servers_are_granted_by_name_and_nothing_odd_gets_into_the_file()
    {
        var text = PolicySuggestion.Of(
            [
                new("mcp__tracker__get_issue", PolicyText.Input("id", "1"), null),
                new("mcp__x(y)\n", PolicyText.Input("id", "1"), null),
            ],
            "/workspace"
        );
        var policy = PermissionPolicy.Alone(Read(text), "/workspace");

        Assert.False(policy.Hides(new McpName("tracker", "get_issue")));
        Assert.True(policy.Hides(new McpName("tracker", "close")));
    }

    [Fact]
    public void What_no_rule_can_allow_is_said()
    {
        var text = PolicySuggestion.Of(
            [new("bash", PolicyText.Input("command", "eval $x\nexit"), "no-push")],
            "/workspace"
        );

        Assert.StartsWith("version: 1\nrules: []\n# Rule no-push denied 1 call of these runs.", text);
        Assert.Contains("`eval` runs text that is computed: `$x`", text);
        Read(text);
    }

    [Theory]
    [InlineData("ls\n- deny: bash")]
    [InlineData("'a\nb' c")]
    [InlineData("'a: b #' c")]
    [InlineData("'\u2028x' y")]
    public void What_a_model_wrote_does_not_become_a_rule_of_its_own(string line) =>
        Assert.All(
            Read(PolicySuggestion.Of([new("bash", PolicyText.Input("command", line), null)], "/workspace")).Layer.Rules,
            rule => Assert.Equal(RuleEffect.Allow, rule.Effect)
        );

    private static string Suggest(string? deniedBy) =>
        PolicySuggestion.Of(
            Calls.Select(call => new RecordedCall(
                call.Tool,
                PolicyText.Input(call.Tool == "bash" ? "command" : "path", call.Argument),
                deniedBy
            )),
            "/workspace"
        );

    private static Policy Read(string text) =>
        Policy.Read(SourceFile.From("policy.yaml", Encoding.UTF8.GetBytes(text)));

    private static bool Decide(PermissionPolicy policy, (string Tool, string Argument) call) =>
        policy.Decide(call.Tool, PolicyText.Input(call.Tool == "bash" ? "command" : "path", call.Argument)).Allowed;
}
