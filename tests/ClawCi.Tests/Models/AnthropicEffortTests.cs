using ClawCi.Messages;
using ClawCi.Models;
using ClawCi.Models.Anthropic;
using Xunit;

namespace ClawCi.Tests.Models;

public sealed class AnthropicEffortTests
{
    [Theory]
    [InlineData("claude-opus-5-5", "\"thinking\":{\"type\":\"adaptive\"},\"output_config\":{\"effort\":\"low\"}")]
    [InlineData("claude-sonnet-4-5", "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2048},")]
    [InlineData(
        "claude-opus-4-5",
        "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2048},\"output_config\":{\"effort\":\"low\"}"
    )]
    public async Task Effort_is_said_in_the_words_of_the_model(string model, string expected) =>
        Assert.Contains(expected, await WriteAsync(model, Effort.Low, 32_000));

    [Fact]
    public async Task A_budget_leaves_room_for_the_answer_and_one_that_is_too_small_is_left_out()
    {
        Assert.Contains(
            "\"budget_tokens\":20480,",
            (await WriteAsync("claude-sonnet-4-5", Effort.High, 32_000)).Replace('}', ',')
        );
        Assert.Contains("\"budget_tokens\":6000", await WriteAsync("claude-sonnet-4-5", Effort.High, 8_000));
        Assert.DoesNotContain("thinking", await WriteAsync("claude-sonnet-4-5", Effort.High, 1_200));
    }

    [Fact]
    public async Task Without_effort_nothing_is_said() =>
        Assert.DoesNotContain("thinking", await WriteAsync("claude-opus-5-5", null, 32_000));

    private static async Task<string> WriteAsync(string model, Effort? effort, int maxOutputTokens)
    {
        var thinking = BuiltInModels.Find(ModelApi.Messages, model).Thinking;
        var request = new ModelRequest("s", [], [Message.User("hi")], maxOutputTokens, effort);
        using var body = new AnthropicRequestWriter(model, thinking, MediaSupport.None).Write(request);
        return await body.ReadAsStringAsync();
    }
}
