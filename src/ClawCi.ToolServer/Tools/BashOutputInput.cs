using System.ComponentModel;

namespace ClawCi.ToolServer.Tools;

internal sealed record BashOutputInput
{
    [Description("The id that bash gave. Without it all background commands are listed.")]
    public string? Id { get; init; }

    [Description("The byte of the output to begin with. Default: where the last reading ended.")]
    public long? Offset { get; init; }

    [Description("Wait up to so many seconds for the command to end before answering. Default 0, at most 100.")]
    public int? WaitSeconds { get; init; }
}
