using ClawCi.Permissions;
using Xunit;

namespace ClawCi.Tests.Permissions;

/// <summary>web_fetch: granted by a rule of a policy file, and by nothing else.</summary>
public sealed class WebFetchRuleTests
{
    [Theory]
    [InlineData("- { allow: web_fetch }", true)]
    [InlineData("- { allow: WebFetch }", true)]
    [InlineData("- { allow: [bash, WEB_FETCH] }", true)]
    [InlineData("- { allow: web_fetch }\n- { deny: WebFetch }", false)]
    [InlineData("- { allow: mcp }", false)]
    [InlineData("- { allow: bash }", false)]
    public void It_is_offered_when_a_rule_grants_it_and_none_denies_it(string rules, bool granted)
    {
        foreach (var mode in Enum.GetValues<PermissionMode>())
        {
            var policy = Of(mode, PolicyText.Layer(rules).Granting(true));
            Assert.Equal(!granted, policy.Hides("web_fetch"));
            var decision = policy.Decide("web_fetch", PolicyText.Input("url", "https://a.test/"));
            Assert.Equal((granted, "https://a.test/"), (decision.Allowed, decision.Subject));
        }
    }

    [Fact]
    public void A_source_that_may_not_grant_only_narrows()
    {
        var task = PolicyText.Layer("- { allow: web_fetch }");
        var none = PolicyText.Layer("- { deny: web_fetch }");
        Assert.True(Of(PermissionMode.DangerFullAccess, task).Hides("web_fetch"));
        Assert.False(Of(PermissionMode.ReadOnly, task.Granting(true), task).Hides("web_fetch"));
        Assert.True(Of(PermissionMode.ReadOnly, task.Granting(true), none).Hides("web_fetch"));
    }

    private static PermissionPolicy Of(PermissionMode mode, params PolicyLayer[] layers) =>
        new(mode, "built-in", layers, [], "/workspace");
}
