using ClawCi.Messages;
using ClawCi.Models;
using Xunit;

namespace ClawCi.Tests.Models;

public sealed class ModelCatalogTests
{
    [Theory]
    [InlineData("claude-sonnet-4-5", 3.00)]
    [InlineData("claude-sonnet-4-5-20250929", 3.00)]
    [InlineData("claude-opus-4-20250514", 15.00)]
    [InlineData("claude-opus-4-1-20250805", 15.00)]
    [InlineData("claude-opus-5", 5.00)]
    [InlineData("claude-opus-5-5", 4.00)]
    [InlineData("claude-3-5-haiku-latest", 0.80)]
    public void A_model_is_found_with_and_without_its_date(string name, double input) =>
        Assert.Equal((decimal)input, Find(name).Price!.Rates.Input);

    [Theory]
    [InlineData("claude-opus-5-7")]
    [InlineData("claude-opus-55")]
    [InlineData("claude-opus-4-2025051")]
    [InlineData("claude-opus-4-2025o514")]
    [InlineData("my-claude-opus-5")]
    [InlineData("claude-sonnet-5-fast")]
    [InlineData("gpt-5")]
    [InlineData("")]
    public void A_name_that_only_resembles_one_has_no_price(string name) => Assert.Null(Find(name).Price);

    [Fact]
    public void An_unknown_model_has_windows_but_no_price() =>
        Assert.Equal(
            new ModelFacts(200_000, 32_000, null, Thinking.Adaptive) { IsWindowAssumed = true },
            Find("unheard-of")
        );

    [Theory]
    [InlineData("gpt-6.2-sol", 0.10, 2.50, 15)]
    [InlineData("gpt-5.6-luna-2026-07-30", 0.02, 0.25, 1.80)]
    [InlineData("gpt-5.5", 0.50, 5, 45)]
    public void OpenAIs_newer_models_charge_for_writing_to_the_cache_and_more_for_long_prompts(
        string name,
        double read,
        double write,
        double longOutput
    )
    {
        var price = BuiltInModels.Find(ModelApi.Responses, name).Price!;
        Assert.Equal(((decimal)read, (decimal)write), (price.Rates.CacheRead, price.Rates.CacheWrite));
        Assert.Equal((272_000, (decimal)longOutput), (price.LongPromptTokens, price.LongPrompt!.Output));
        Assert.True(price.AsOf > new DateOnly(2026, 5, 1));
    }

    [Fact]
    public void Cost_adds_up_what_each_kind_of_token_costs()
    {
        var price = Find("claude-sonnet-4-5").Price!;
        Assert.Equal(3.00m + 15.00m + 3.75m + 0.30m, price.Cost(new Usage(1_000_000, 1_000_000, 1_000_000, 1_000_000)));
        Assert.Equal(0.000018m, price.Cost(new Usage(InputTokens: 1, OutputTokens: 1)));
        Assert.Equal(0m, price.Cost(new Usage()));
    }

    [Fact]
    public void A_long_prompt_makes_every_token_of_its_reply_dearer()
    {
        var price = Find("claude-haiku-5-5").Price!;
        Assert.Equal(0.01m + 0.0005m, price.Cost(new Usage(100_000, 1_000)));
        Assert.Equal(
            (0.50m + 2_500m + 50_000m * 0.05m + 50_000m * 0.625m) / 1_000_000m,
            price.Cost(new Usage(1, 1_000, 50_000, 50_000))
        );
    }

    private static ModelFacts Find(string name) => BuiltInModels.Find(ModelApi.Messages, name);
}
