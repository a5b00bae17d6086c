using System.ComponentModel;

namespace ClawCi.Configuration;

/// <summary>The <c>compaction</c> of a task file or of settings.</summary>
internal sealed record CompactionSection
{
    /// <summary>With less there is no room for tools and instructions.</summary>
    public const int Least = 1_000;
    public const int Most = 100_000_000;

    [Description(
        "Tokens held by the model's context from which on old messages are shortened. Default 200000; never above 80 % of the model's window."
    )]
    [Between(Least, Most)]
    public int? ThresholdTokens { get; init; }
}
