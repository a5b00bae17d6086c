using System.ComponentModel;

namespace ClawCi.ToolServer.Tools;

internal sealed record BashKillInput
{
    [Description("The id that bash gave.")]
    public required string Id { get; init; }
}
