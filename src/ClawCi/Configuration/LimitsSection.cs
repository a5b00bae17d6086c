using System.ComponentModel;

namespace ClawCi.Configuration;

/// <summary>The <c>limits</c> of a task file or, as ceilings, of a policy.</summary>
internal sealed record LimitsSection
{
    [Description("Replies of the model, over all rounds of the task.")]
    [Between(1, 100_000)]
    public int? MaxTurns { get; init; }

    [Description("Tool calls, over all rounds of the task.")]
    [Between(1, 1_000_000)]
    public int? MaxToolCalls { get; init; }

    [Description("Tokens that the model writes, over all rounds of the task.")]
    [Between(1, 1e12)]
    public long? MaxOutputTokens { get; init; }

    [Description("Cost of one task in US dollars. The price of the model must be known.")]
    [Between(0.000001, 1e6)]
    public decimal? MaxCostUsd { get; init; }

    [Description("From the start of the setup to the end of the checks.")]
    public Duration? Timeout { get; init; }

    [Description("Longest time without any event.")]
    public Duration? IdleTimeout { get; init; }

    [Description("Longest run of one tool call that does not ask for more itself.")]
    public Duration? ToolTimeout { get; init; }

    [Description("Denied tool calls after which the task ends policy-blocked.")]
    [Between(0, 100_000)]
    public int? MaxDenials { get; init; }
}
