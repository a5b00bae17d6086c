using System.ComponentModel;

namespace ClawCi.ToolServer.Tools;

internal sealed record BashInput
{
    [Description("The command line, run by bash -c (or sh -c where the image has no bash) in the workspace directory.")]
    public required string Command { get; init; }

    [Description("Seconds after which the command and all it started are killed. Default 120, at most 600.")]
    public int? TimeoutSeconds { get; init; }

    [Description(
        "Start it in the background and answer at once with its id. It has no timeout. For servers and long builds. Default false."
    )]
    public bool? RunInBackground { get; init; }
}
