using ClawCi.ToolServer.Commands;
using Xunit;

namespace ClawCi.ToolServer.Tests.Commands;

public sealed class CommandEnvironmentTests
{
    [Fact]
    public void Defaults_give_way_to_what_the_container_was_given()
    {
        var environment = new CommandEnvironment(
            new Dictionary<string, string>
            {
                ["CI"] = "false",
                ["PATH"] = "/x",
                ["OWN"] = "1",
            }
        );
        var entries = environment.With([], "MARK=2");
        Assert.Equal("/x", environment.SearchPath);
        Assert.Superset(
            new HashSet<string> { "CI=false", "OWN=1", "PAGER=cat", "GIT_CONFIG_COUNT=1" },
            entries.ToHashSet()
        );
        Assert.Equal("MARK=2", entries[^1]);
    }

    [Fact]
    public void Git_configuration_that_is_given_is_not_mixed_with_ours()
    {
        var environment = new CommandEnvironment(
            new Dictionary<string, string>
            {
                ["GIT_CONFIG_COUNT"] = "1",
                ["GIT_CONFIG_KEY_0"] = "user.name",
                ["GIT_CONFIG_VALUE_0"] = "x",
            }
        );
        Assert.DoesNotContain("GIT_CONFIG_KEY_0=safe.directory", environment.With([], "X="));
        Assert.Contains("GIT_CONFIG_KEY_0=user.name", environment.With([], "X="));
    }
}
