namespace ClawCi.Models;

/// <summary>Windows and list prices of the providers' models, from their own published tables.</summary>
internal static class ModelCatalog
{
    /// <summary>The day the table was last compared with platform.claude.com/docs/en/about-claude/pricing.</summary>
    public static DateOnly AsOf { get; } = new(2026, 11, 10);

    /// <summary>For a model that is not in the table: what every current model has at least.</summary>
    public static ModelFacts Unknown { get; } = new(200_000, 32_000, null);

    private static readonly string[] Providers = ["anthropic", "scripted"];

    private static readonly TokenRates Fable5 = new(10m, 50m, 12.50m, 1.00m);
    private static readonly TokenRates Fable51 = new(10m, 50m, 12.50m, 0.25m);
    private static readonly TokenRates Opus4 = new(15m, 75m, 18.75m, 1.50m);
    private static readonly TokenRates Opus45 = new(5m, 25m, 6.25m, 0.50m);
    private static readonly TokenRates Sonnet4 = new(3m, 15m, 3.75m, 0.30m);

    private static readonly (string Name, ModelFacts Facts)[] Models =
    [
        ("claude-fable-5-2", Facts(1_000_000, 128_000, new(8m, 40m, 10m, 0.20m))),
        ("claude-fable-5-1", Facts(1_000_000, 128_000, Fable51)),
        ("claude-fable-5", Facts(1_000_000, 128_000, Fable5)),
        ("claude-mythos-5-1", Facts(1_000_000, 128_000, Fable51)),
        ("claude-mythos-5", Facts(1_000_000, 128_000, Fable5)),
        ("claude-opus-5-5", Facts(1_000_000, 128_000, new(4m, 20m, 5m, 0.20m))),
        ("claude-opus-5", Facts(1_000_000, 128_000, Opus45)),
        ("claude-opus-4-8", Facts(1_000_000, 128_000, Opus45)),
        ("claude-opus-4-7", Facts(1_000_000, 128_000, Opus45)),
        ("claude-opus-4-6", Facts(1_000_000, 128_000, Opus45)),
        ("claude-opus-4-5", Facts(200_000, 64_000, Opus45)),
        ("claude-opus-4-1", Facts(200_000, 32_000, Opus4)),
        ("claude-opus-4-0", Facts(200_000, 32_000, Opus4)),
        ("claude-opus-4", Facts(200_000, 32_000, Opus4)),
        ("claude-sonnet-5-5", Facts(1_000_000, 128_000, new(2m, 10m, 2.50m, 0.10m))),
        ("claude-sonnet-5", Facts(1_000_000, 128_000, new(2m, 10m, 2.50m, 0.20m))),
        ("claude-sonnet-4-6", Facts(1_000_000, 64_000, Sonnet4)),
        ("claude-sonnet-4-5", Facts(200_000, 64_000, Sonnet4)),
        ("claude-sonnet-4-0", Facts(200_000, 64_000, Sonnet4)),
        ("claude-sonnet-4", Facts(200_000, 64_000, Sonnet4)),
        (
            "claude-haiku-5-5",
            new ModelFacts(
                1_000_000,
                128_000,
                new(new(0.10m, 0.50m, 0.125m, 0.01m), new(0.50m, 2.50m, 0.625m, 0.05m), 100_000)
            )
        ),
        ("claude-haiku-4-5", Facts(200_000, 64_000, new(1m, 5m, 1.25m, 0.10m))),
        ("claude-3-7-sonnet", Facts(200_000, 64_000, Sonnet4)),
        ("claude-3-5-sonnet", Facts(200_000, 8_192, Sonnet4)),
        ("claude-3-5-haiku", Facts(200_000, 8_192, new(0.80m, 4m, 1m, 0.08m))),
        ("claude-3-opus", Facts(200_000, 4_096, Opus4)),
        ("claude-3-haiku", Facts(200_000, 4_096, new(0.25m, 1.25m, 0.30m, 0.03m))),
    ];

    /// <summary>The providers that a task's <c>model: provider/name</c> may name, in the order shown to users.</summary>
    public static IReadOnlyList<string> KnownProviders => Providers;

    public static bool IsKnownProvider(string provider) => Providers.Contains(provider);

    /// <summary>
    /// Facts of an Anthropic model, named with or without its date (<c>-20251001</c>) or <c>-latest</c>. Nothing else may
    /// follow a name of the table: <c>claude-opus-5-7</c> is another model than <c>claude-opus-5</c>, at another price.
    /// </summary>
    public static ModelFacts Find(string name)
    {
        foreach (var (known, facts) in Models)
        {
            if (name.StartsWith(known, StringComparison.Ordinal) && IsSnapshot(name.AsSpan(known.Length)))
                return facts;
        }
        return Unknown;
    }

    public static IEnumerable<string> KnownNames => Models.Select(model => model.Name);

    private static bool IsSnapshot(ReadOnlySpan<char> suffix) =>
        suffix is "" or "-latest"
        || (suffix.Length == 9 && suffix[0] == '-' && !suffix[1..].ContainsAnyExceptInRange('0', '9'));

    private static ModelFacts Facts(int contextWindow, int maxOutputTokens, TokenRates rates) =>
        new(contextWindow, maxOutputTokens, new ModelPrice(rates));
}
