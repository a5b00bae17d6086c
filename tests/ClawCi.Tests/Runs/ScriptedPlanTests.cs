using Xunit;

namespace ClawCi.Tests.Runs;

/// <summary>A scripted model is part of what is checked before anything starts.</summary>
public sealed class ScriptedPlanTests : IDisposable
{
    private readonly PlannerFixture _fixture = new();

    [Fact]
    public void A_mistake_in_the_script_is_found_when_planning()
    {
        _fixture.Files.Write("script.yaml", "version: 1\nreplies: [ { txt: hi } ]\n");
        Assert.Contains("script.yaml:2:14: unknown key `txt`", _fixture.Errors(Task("")));
    }

    [Theory]
    [InlineData("", "the price of scripted/")]
    [InlineData("model: claude-opus-5-5\n", null)]
    public void A_cost_limit_needs_a_script_that_names_a_price(string model, string? error)
    {
        _fixture.Files.Write("script.yaml", $"version: 1\n{model}replies: [ {"{"} text: hi {"}"} ]\n");
        Assert.Equal("", _fixture.Errors(Task("")));
        var errors = _fixture.Errors(Task("limits: { max-cost-usd: 1 }\n"));
        if (error is null)
            Assert.Equal("", errors);
        else
            Assert.Contains(error, errors);
    }

    private static string Task(string more) =>
        PlannerFixture.Minimal.Replace("anthropic/claude-sonnet-4-5", "scripted/script.yaml") + more;

    public void Dispose() => _fixture.Dispose();
}
