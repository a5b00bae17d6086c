namespace ClawCi.Models;

/// <summary>Windows and list prices of the providers' models, from their own published tables.</summary>
internal static class BuiltInModels
{
    /// <summary>The day the table was last compared with platform.claude.com/docs/en/about-claude/pricing.</summary>
    private static readonly DateOnly AnthropicAsOf = new(2026, 11, 10);

    /// <summary>The day from which the older figures below are, of developers.openai.com/api/docs/pricing.</summary>
    private static readonly DateOnly OpenAiAsOf = new(2026, 5, 4);

    private static readonly TokenRates Fable5 = new(10m, 50m, 12.50m, 1.00m);
    private static readonly TokenRates Fable51 = new(10m, 50m, 12.50m, 0.25m);
    private static readonly TokenRates Opus4 = new(15m, 75m, 18.75m, 1.50m);
    private static readonly TokenRates Opus45 = new(5m, 25m, 6.25m, 0.50m);
    private static readonly TokenRates Sonnet4 = new(3m, 15m, 3.75m, 0.30m);

    private static readonly (string Name, ModelFacts Facts)[] Anthropic =
    [
        ("claude-fable-5-2", Claude(1_000_000, 128_000, new(8m, 40m, 10m, 0.20m), Thinking.Adaptive)),
        ("claude-fable-5-1", Claude(1_000_000, 128_000, Fable51, Thinking.Adaptive)),
        ("claude-fable-5", Claude(1_000_000, 128_000, Fable5, Thinking.Adaptive)),
        ("claude-mythos-5-1", Claude(1_000_000, 128_000, Fable51, Thinking.Adaptive)),
        ("claude-mythos-5", Claude(1_000_000, 128_000, Fable5, Thinking.Adaptive)),
        ("claude-opus-5-5", Claude(1_000_000, 128_000, new(4m, 20m, 5m, 0.20m), Thinking.Adaptive)),
        ("claude-opus-5", Claude(1_000_000, 128_000, Opus45, Thinking.Adaptive)),
        ("claude-opus-4-8", Claude(1_000_000, 128_000, Opus45, Thinking.Adaptive)),
        ("claude-opus-4-7", Claude(1_000_000, 128_000, Opus45, Thinking.Adaptive)),
        ("claude-opus-4-6", Claude(1_000_000, 128_000, Opus45, Thinking.Adaptive)),
        ("claude-opus-4-5", Claude(200_000, 64_000, Opus45, Thinking.BudgetAndEffort)),
        ("claude-opus-4-1", Claude(200_000, 32_000, Opus4, Thinking.Budget)),
        ("claude-opus-4-0", Claude(200_000, 32_000, Opus4, Thinking.Budget)),
        ("claude-opus-4", Claude(200_000, 32_000, Opus4, Thinking.Budget)),
        ("claude-sonnet-5-5", Claude(1_000_000, 128_000, new(2m, 10m, 2.50m, 0.10m), Thinking.Adaptive)),
        ("claude-sonnet-5", Claude(1_000_000, 128_000, new(2m, 10m, 2.50m, 0.20m), Thinking.Adaptive)),
        ("claude-sonnet-4-6", Claude(1_000_000, 64_000, Sonnet4, Thinking.Adaptive)),
        ("claude-sonnet-4-5", Claude(200_000, 64_000, Sonnet4, Thinking.Budget)),
        ("claude-sonnet-4-0", Claude(200_000, 64_000, Sonnet4, Thinking.Budget)),
        ("claude-sonnet-4", Claude(200_000, 64_000, Sonnet4, Thinking.Budget)),
        (
            "claude-haiku-5-5",
            new(
                1_000_000,
                128_000,
                new(new(0.10m, 0.50m, 0.125m, 0.01m), new(0.50m, 2.50m, 0.625m, 0.05m), 100_000, AnthropicAsOf),
                Thinking.Adaptive
            )
        ),
        ("claude-haiku-4-5", Claude(200_000, 64_000, new(1m, 5m, 1.25m, 0.10m), Thinking.Budget)),
        ("claude-3-7-sonnet", Claude(200_000, 64_000, Sonnet4, Thinking.Budget)),
        ("claude-3-5-sonnet", Claude(200_000, 8_192, Sonnet4, Thinking.None)),
        ("claude-3-5-haiku", Claude(200_000, 8_192, new(0.80m, 4m, 1m, 0.08m), Thinking.None)),
        ("claude-3-opus", Claude(200_000, 4_096, Opus4, Thinking.None)),
        ("claude-3-haiku", Claude(200_000, 4_096, new(0.25m, 1.25m, 0.30m, 0.03m), Thinking.None)),
    ];

    private static readonly (string Name, ModelFacts Facts)[] OpenAi =
    [
        // Of developers.openai.com/api/docs/models; the older families' of the days on which their prices last changed.
        ("gpt-6.2-astra", LongReasoning(1_050_000, new(8m, 40m, 10m, 0.40m), new(2026, 11, 18))),
        ("gpt-6.2-sol", LongReasoning(1_050_000, new(2m, 10m, 2.50m, 0.10m), new(2026, 11, 18))),
        ("gpt-6.1-sol", LongReasoning(1_050_000, new(2m, 10m, 2.50m, 0.10m), new(2026, 10, 13))),
        ("gpt-6-astra", LongReasoning(1_050_000, new(10m, 50m, 12.50m, 1m), new(2026, 9, 24))),
        ("gpt-6-sol", LongReasoning(1_050_000, new(2m, 10m, 2.50m, 0.20m), new(2026, 9, 24))),
        ("gpt-6-luna", LongReasoning(1_050_000, new(0.10m, 0.50m, 0.125m, 0.01m), new(2026, 9, 24))),
        ("gpt-5.6-sol", LongReasoning(1_050_000, new(4m, 20m, 5m, 0.40m), new(2026, 9, 22))),
        ("gpt-5.6-terra", LongReasoning(1_050_000, new(2m, 12m, 2.50m, 0.20m), new(2026, 8, 1))),
        ("gpt-5.6-luna", LongReasoning(1_050_000, new(0.20m, 1.20m, 0.25m, 0.02m), new(2026, 8, 1))),
        ("gpt-5.5", LongReasoning(1_000_000, Gpt(5m, 0.50m, 30m), new(2026, 6, 4))),
        ("gpt-5.4", LongReasoning(1_050_000, Gpt(2.50m, 0.25m, 15m), OpenAiAsOf)),
        ("gpt-5.4-mini", Reasoning(400_000, 128_000, Gpt(0.75m, 0.075m, 4.50m))),
        ("gpt-5.4-nano", Reasoning(400_000, 128_000, Gpt(0.20m, 0.02m, 1.25m))),
        ("gpt-5.3-codex", Reasoning(400_000, 128_000, Gpt(1.75m, 0.175m, 14m))),
        ("gpt-5.2-codex", Reasoning(400_000, 128_000, Gpt(1.75m, 0.175m, 14m))),
        ("gpt-5.2", Reasoning(400_000, 128_000, Gpt(1.75m, 0.175m, 14m))),
        ("gpt-5.1", Reasoning(400_000, 128_000, Gpt(1.25m, 0.125m, 10m))),
        ("gpt-5", Reasoning(400_000, 128_000, Gpt(1.25m, 0.125m, 10m))),
        ("gpt-5-mini", Reasoning(400_000, 128_000, Gpt(0.25m, 0.025m, 2m))),
        ("gpt-5-nano", Reasoning(400_000, 128_000, Gpt(0.05m, 0.005m, 0.40m))),
        ("o3", Reasoning(200_000, 100_000, Gpt(2m, 0.50m, 8m))),
        ("o4-mini", Reasoning(200_000, 100_000, Gpt(1.10m, 0.275m, 4.40m))),
        ("gpt-4.1", Plain(1_047_576, 32_768, Gpt(2m, 0.50m, 8m))),
        ("gpt-4.1-mini", Plain(1_047_576, 32_768, Gpt(0.40m, 0.10m, 1.60m))),
        ("gpt-4.1-nano", Plain(1_047_576, 32_768, Gpt(0.10m, 0.025m, 0.40m))),
        ("gpt-4o", Plain(128_000, 16_384, Gpt(2.50m, 1.25m, 10m))),
        ("gpt-4o-mini", Plain(128_000, 16_384, Gpt(0.15m, 0.075m, 0.60m))),
    ];

    public static IEnumerable<string> Names => Anthropic.Concat(OpenAi).Select(model => model.Name);

    /// <summary>
    /// Facts of a model, named with or without its date (<c>-20251001</c>, <c>-2025-08-07</c>) or <c>-latest</c>. Nothing else
    /// may follow a name of the table: <c>claude-opus-5-7</c> is another model than <c>claude-opus-5</c>, at another price.
    /// </summary>
    /// <returns>For a model that is not in the table what every current model has at least, and no price.</returns>
    public static ModelFacts Find(ModelApi api, string name)
    {
        foreach (var (known, facts) in api is ModelApi.Messages ? Anthropic : OpenAi)
        {
            if (name.StartsWith(known, StringComparison.Ordinal) && IsSnapshot(name.AsSpan(known.Length)))
                return facts;
        }
        return Unknown(api, name) with { IsWindowAssumed = true };
    }

    private static ModelFacts Unknown(ModelApi api, string name) =>
        api switch
        {
            ModelApi.Messages => new(200_000, 32_000, null, Thinking.Adaptive),
            // A model without reasoning refuses to be asked for it; the newer ones all have it.
            ModelApi.Responses => new(
                128_000,
                16_384,
                null,
                IsOld(name) ? Thinking.None : Thinking.Adaptive,
                IsOld(name) ? MediaSupport.None : MediaSupport.ImagesAndDocuments
            ),
            // Most of what speaks it is text only, and refuses a request with an image in it altogether.
            _ => new(128_000, 16_384, null, Thinking.Adaptive, MediaSupport.None),
        };

    private static bool IsOld(string name) =>
        name.StartsWith("gpt-4", StringComparison.Ordinal) || name.StartsWith("gpt-3", StringComparison.Ordinal);

    private static bool IsSnapshot(ReadOnlySpan<char> suffix) =>
        suffix is "" or "-latest"
        || (suffix.Length is 9 or 11 && suffix[0] == '-' && !suffix.ContainsAnyExceptInRange('-', '9'));

    private static ModelFacts Claude(int contextWindow, int maxOutputTokens, TokenRates rates, Thinking thinking) =>
        new(contextWindow, maxOutputTokens, new ModelPrice(rates, AsOf: AnthropicAsOf), thinking);

    private static ModelFacts Reasoning(int contextWindow, int maxOutputTokens, TokenRates rates) =>
        new(contextWindow, maxOutputTokens, new ModelPrice(rates, AsOf: OpenAiAsOf), Thinking.Adaptive);

    /// <summary>A prompt of more than 272 000 tokens costs twice as much, and its reply half as much again.</summary>
    private static ModelFacts LongReasoning(int contextWindow, TokenRates rates, DateOnly asOf)
    {
        var dear = new TokenRates(2 * rates.Input, 1.5m * rates.Output, 2 * rates.CacheWrite, 2 * rates.CacheRead);
        return new(contextWindow, 128_000, new ModelPrice(rates, dear, 272_000, asOf), Thinking.Adaptive);
    }

    private static ModelFacts Plain(int contextWindow, int maxOutputTokens, TokenRates rates) =>
        new(contextWindow, maxOutputTokens, new ModelPrice(rates, AsOf: OpenAiAsOf));

    /// <summary>Writing to the cache costs nothing besides, as it was before GPT-5.6.</summary>
    private static TokenRates Gpt(decimal input, decimal cached, decimal output) => new(input, output, input, cached);
}
