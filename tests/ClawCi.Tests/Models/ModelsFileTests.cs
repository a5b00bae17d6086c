using ClawCi.Configuration;
using ClawCi.Models;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Models;

public sealed class ModelsFileTests : IDisposable
{
    private readonly TempDirectory _files = new();

    [Fact]
    public void An_entry_is_an_alias_with_a_window_and_a_dated_price_of_its_own()
    {
        var choice = Find(
            "openai-chat/coder",
            """
            version: 1
            models:
              - name: openai-chat/coder
                model: Qwen/Qwen3-Coder
                context-window: 262144
                thinking: none
                price: { input: 0.20, output: 0.80, cache-read: 0.05, as-of: 2026-11-01 }
            """
        );
        Assert.Equal(("openai-chat/coder", "Qwen/Qwen3-Coder"), (choice.ToString(), choice.Id));
        Assert.Equal(
            (262_144, 16_384, Thinking.None),
            (choice.Facts.ContextWindow, choice.Facts.MaxOutputTokens, choice.Facts.Thinking)
        );
        Assert.Equal(new TokenRates(0.20m, 0.80m, 0.20m, 0.05m), choice.Facts.Price!.Rates);
        Assert.Equal(new DateOnly(2026, 11, 1), choice.Facts.Price.AsOf);
    }

    [Fact]
    public void What_an_entry_leaves_out_is_as_the_built_in_table_has_it()
    {
        var built = Samples.Choice("anthropic/claude-sonnet-4-5").Facts;
        var choice = Find(
            "anthropic/sonnet",
            "version: 1\nmodels: [ { name: anthropic/sonnet, model: claude-sonnet-4-5, max-output-tokens: 4000 } ]\n"
        );
        Assert.Equal(built with { MaxOutputTokens = 4000 }, choice.Facts);
    }

    [Fact]
    public void Mistakes_come_with_their_places()
    {
        var mistake = Assert.Throws<UserErrorException>(() =>
            Find(
                "openai/x",
                """
                version: 1
                models:
                  - { name: azure/gpt-5 }
                  - { name: openai/x, price: { input: 1, output: 2, as-of: 2026-02-30 } }
                  - { name: openai/x, thinking: hard }
                """
            )
        );
        Assert.Contains("models.yaml:3:13: `azure/gpt-5` names no provider", mistake.Message);
        Assert.Contains("models.yaml:4:60: `as-of`", mistake.Message);
        Assert.Contains("models.yaml:5:13: `openai/x` is there twice", mistake.Message);
        Assert.Contains("`thinking`", mistake.Message);
    }

    [Theory]
    [InlineData("openai/gpt-5-2025-08-07", 1.25)]
    [InlineData("openai-chat/gpt-5", 1.25)]
    [InlineData("openai/gpt-4.1-mini", 0.40)]
    public void OpenAIs_models_are_known_by_name_with_or_without_a_date(string name, double input) =>
        Assert.Equal((decimal)input, Samples.Choice(name).Facts.Price!.Rates.Input);

    [Fact]
    public void A_model_that_is_not_in_the_table_has_no_price() =>
        Assert.Null(Samples.Choice("openai/gpt-5-pro").Facts.Price);

    private ModelChoice Find(string name, string file) =>
        ModelCatalog.Read(SourceFile.Read(_files.Write("models.yaml", file))).Find(ModelName.Parse(name)!);

    public void Dispose() => _files.Dispose();
}
