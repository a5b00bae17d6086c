using ClawCi.Runs.Planning;
using Xunit;

namespace ClawCi.Tests.Runs;

public sealed class CompactionPlannerTests : IDisposable
{
    private const string ModelsFile = """
        version: 1
        models: [ { name: openai-chat/local, context-window: 32768 } ]

        """;

    private readonly PlannerFixture _fixture = new();

    [Theory]
    [InlineData("", null, 160_000, "80 % of model.context-window")]
    [InlineData("compaction: { threshold-tokens: 90000 }", null, 90_000, "task.yaml:6")]
    [InlineData("compaction: { threshold-tokens: 90000 }", "50000", 50_000, "CLAW_CI_AUTO_COMPACT_TOKENS")]
    [InlineData("compaction: { threshold-tokens: 90000 }", "900000", 160_000, "80 % of model.context-window")]
    public void The_threshold_is_the_strongest_word_under_the_window(
        string key,
        string? variable,
        int expected,
        string source
    )
    {
        var task = Plan(PlannerFixture.Minimal + key + "\n", variable).Tasks[0];

        Assert.Equal(expected, task.CompactAtTokens);
        Assert.Equal(source, Origin(task, "compaction.threshold-tokens"));
        Assert.Equal("built-in", Origin(task, "model.context-window"));
    }

    [Theory]
    [InlineData("openai-chat/local", 26_212, "models.yaml")]
    [InlineData("openai-chat/other", 102_400, "assumed: a models file can say it")]
    [InlineData("anthropic/claude-sonnet-5", 200_000, "built-in")]
    public void The_plan_says_whose_word_the_window_is(string model, int expected, string source)
    {
        var models = _fixture.Files.Write("models.yaml", ModelsFile);
        var plan = _fixture.Plan(
            PlannerFixture.Minimal,
            request =>
                request with
                {
                    ModelsFile = models,
                    CommandLine = new() { Model = model },
                }
        );

        Assert.Equal(expected, plan.Tasks[0].CompactAtTokens);
        Assert.Equal(source, Origin(plan.Tasks[0], "model.context-window"));
    }

    private RunPlan Plan(string task, string? variable) =>
        _fixture.Plan(task, request => request with { Environment = new() { AutoCompactTokens = variable } });

    private static string Origin(PlannedTask task, string key) =>
        task.Origins.Single(origin => origin.Key == key).Source;

    public void Dispose() => _fixture.Dispose();
}
