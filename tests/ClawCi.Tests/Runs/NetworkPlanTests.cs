using ClawCi.Sandboxes.Egress;
using Xunit;

namespace ClawCi.Tests.Runs;

public sealed class NetworkPlanTests
{
    private const string Task = """
        version: 1
        name: t
        model: anthropic/claude-sonnet-4-5
        prompt: Do it.
        sandbox:
          image: "debian:12"
          network: { allow: [nuget, "*.example.com:443"] }
          setup:
            - { run: one, network: none }
            - { run: two, network: { allow: [npm, nuget] }, secrets: [FEED] }
            - { run: three }

        """;

    [Fact]
    public void Policies_narrow_what_a_task_asks_for_and_its_steps_too()
    {
        using var files = new PlannerFixture();
        var policy = files.Policy(
            "network: { allow: [nuget, www.example.com, \"nexus.corp:8081\"], private: [\"nexus.corp:8081\"] }\n"
        );
        var plan = files.Plan(Task, request => request with { PolicyFile = policy, Secrets = ["FEED"] }).Tasks[0];
        Assert.Equal("nuget, www.example.com:443", plan.Sandbox.Network.ToString());
        Assert.Equal(
            ["none", "nuget", "nuget, www.example.com:443"],
            plan.Setup.Select(step => step.Network.ToString())
        );
        var origin = plan.Origins.Single(origin => origin.Key == "sandbox.network");
        Assert.Equal(("nuget, www.example.com:443", "task.yaml:7, policy.yaml:2"), (origin.Value, origin.Source));
    }

    [Fact]
    public void A_policy_of_none_leaves_nothing_and_the_operators_holds_above_the_callers()
    {
        using var files = new PlannerFixture();
        var none = files.Policy("network: none\n", "operator.yaml");
        var wide = files.Policy("network: { allow: [nuget, npm] }\n");
        var plan = files
            .Plan(Task, request => request with { OperatorPolicyFile = none, PolicyFile = wide, Secrets = ["FEED"] })
            .Tasks[0];
        Assert.True(plan.Sandbox.Network.IsNone);
        Assert.All(plan.Setup, step => Assert.Equal(NetworkAccess.None, step.Network));
    }

    [Fact]
    public void A_private_host_needs_the_word_of_every_policy_that_speaks_of_the_network()
    {
        using var files = new PlannerFixture();
        const string Asks = "network: { allow: [\"nexus.corp:8081\"] }\n";
        const string Grants = "network: { allow: [\"nexus.corp:8081\"], private: [\"nexus.corp:8081\"] }\n";
        var task = Task.Replace("[nuget, \"*.example.com:443\"]", "[\"nexus.corp:8081\"]", StringComparison.Ordinal);
        bool Granted(string? above, string? caller) =>
            files
                .Plan(
                    task,
                    request =>
                        request with
                        {
                            OperatorPolicyFile = above is null ? null : files.Policy(above, "operator.yaml"),
                            PolicyFile = caller is null ? null : files.Policy(caller),
                            Secrets = ["FEED"],
                        }
                )
                .Tasks[0]
                .Sandbox.Network.MayBePrivate("nexus.corp", 8081);
        Assert.False(Granted(null, null));
        Assert.True(Granted(null, Grants));
        Assert.True(Granted(Grants, null));
        Assert.False(Granted(Asks, Grants));
        Assert.True(Granted(Grants, Grants));
    }

    [Fact]
    public void A_secret_that_was_not_given_is_a_mistake_with_its_remedy()
    {
        using var files = new PlannerFixture();
        Assert.Equal(
            "task.yaml:10:53: the secret FEED was not given. Add `--secret FEED`, with its value in the variable FEED, or `--secret FEED=@FILE`",
            files.Errors(Task)
        );
    }

    [Fact]
    public void Every_mistake_in_a_network_has_its_place()
    {
        using var files = new PlannerFixture();
        Assert.Equal(
            """
            task.yaml:7:12: `network` must be `none` or `{ allow: [hosts] }`, not the text `open`
            task.yaml:9:28: `network` needs the key `allow`; to reach nothing write `network: none`
            task.yaml:9:30: unknown key `alow`. Did you mean `allow`?
            task.yaml:10:38: `npn`: there is no bundle `npn`. Did you mean `npm`? A host without a dot needs its port, such as `npn:443`
            """,
            files.Errors(
                Task.Replace("{ allow: [nuget, \"*.example.com:443\"] }", "open", StringComparison.Ordinal)
                    .Replace("network: none", "network: { alow: [npm] }", StringComparison.Ordinal)
                    .Replace("[npm, nuget]", "[npn]", StringComparison.Ordinal)
            )
        );
    }
}
