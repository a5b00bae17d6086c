using System.ComponentModel;

namespace ClawCi.ToolServer.Tools;

internal sealed record GlobSearchInput
{
    [Description(
        "The pattern, such as **/*.cs, src/**/*.{ts,tsx} or *.md. Without a slash it matches names at any depth."
    )]
    public required string Pattern { get; init; }

    [Description("The directory to search in, and what the pattern is relative to. Default: the workspace.")]
    public string? Path { get; init; }

    [Description("How many paths to show. Default 100, at most 1000.")]
    public int? Limit { get; init; }
}
