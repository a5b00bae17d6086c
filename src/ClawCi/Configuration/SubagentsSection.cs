using System.ComponentModel;

namespace ClawCi.Configuration;

/// <summary>A task's <c>subagents</c>.</summary>
internal sealed record SubagentsSection
{
    /// <summary>So many commands the tool server runs at a time.</summary>
    public const int Most = 4;

    [Description("How many of them work at the same time. Default 2.")]
    [Between(1, Most)]
    public int? Max { get; init; }
}
