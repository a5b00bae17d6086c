using System.ComponentModel;
using System.Globalization;
using ClawCi.Configuration;

namespace ClawCi.Models;

/// <summary>What a models file says of one model. What it leaves out is as the built-in table has it.</summary>
internal sealed record ModelEntry
{
    [Description("provider/name, as tasks name the model.")]
    [Text(TextFormat.Model)]
    public required string Name { get; init; }

    [Description("What the provider calls it, where that differs: name is then an alias.")]
    [Text(TextFormat.NotEmpty)]
    public string? Model { get; init; }

    [Description("Tokens of prompt and reply together.")]
    [Between(1_024, 100_000_000)]
    public int? ContextWindow { get; init; }

    [Description("Most tokens a reply may have.")]
    [Between(256, 10_000_000)]
    public int? MaxOutputTokens { get; init; }

    [Description(
        "How the model is told how hard to think: none, budget (in tokens), budget-and-effort, or adaptive (by a word)."
    )]
    public Thinking? Thinking { get; init; }

    [Description("What it can look at besides text: none, images, or images-and-documents.")]
    public MediaSupport? Media { get; init; }

    [Description("What it costs.")]
    public PriceEntry? Price { get; init; }

    public ModelFacts Over(ModelFacts known) =>
        new(
            ContextWindow ?? known.ContextWindow,
            MaxOutputTokens ?? known.MaxOutputTokens,
            Price?.Price ?? known.Price,
            Thinking ?? known.Thinking,
            Media ?? known.Media
        )
        {
            IsWindowAssumed = ContextWindow is null && known.IsWindowAssumed,
        };
}

/// <summary>US dollars for a million tokens.</summary>
internal sealed record PriceEntry
{
    [Description("Of prompt tokens.")]
    [Between(0, 100_000)]
    public required decimal Input { get; init; }

    [Description("Of the tokens that the model writes.")]
    [Between(0, 100_000)]
    public required decimal Output { get; init; }

    [Description("Of tokens written to the provider's cache. Default: as input.")]
    [Between(0, 100_000)]
    public decimal? CacheWrite { get; init; }

    [Description("Of tokens read from the provider's cache. Default: as input.")]
    [Between(0, 100_000)]
    public decimal? CacheRead { get; init; }

    [Description("The day on which these were the prices, such as 2026-11-01.")]
    [Text(TextFormat.Date)]
    public required string AsOf { get; init; }

    public ModelPrice Price =>
        new(
            new TokenRates(Input, Output, CacheWrite ?? Input, CacheRead ?? Input),
            AsOf: DateOnly.Parse(AsOf, CultureInfo.InvariantCulture)
        );
}
