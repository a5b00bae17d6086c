using System.ComponentModel;

namespace ClawCi.ToolServer.Tools;

internal sealed record ReadFileInput
{
    [Description("The file, relative to the workspace or absolute inside it.")]
    public required string Path { get; init; }

    [Description("The first line to show, counted from 1. Default 1.")]
    public int? Offset { get; init; }

    [Description("How many lines to show. Default 2000, at most 2000.")]
    public int? Limit { get; init; }
}
