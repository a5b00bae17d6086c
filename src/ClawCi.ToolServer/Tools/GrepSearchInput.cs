using System.ComponentModel;
using ClawCi.ToolServer.Searching;

namespace ClawCi.ToolServer.Tools;

internal sealed record GrepSearchInput
{
    [Description("The regular expression (.NET syntax), tried on each line by itself.")]
    public required string Pattern { get; init; }

    [Description("The file or directory to search. Default: the workspace.")]
    public string? Path { get; init; }

    [Description("Only files whose path matches this glob, such as *.cs or src/**/*.{ts,tsx}, relative to path.")]
    public string? Glob { get; init; }

    [Description(
        "content: the matching lines with path and line number (default). files_with_matches: paths only. "
            + "count: matching lines of each file."
    )]
    public GrepOutput? OutputMode { get; init; }

    [Description("Take upper and lower case as the same. Default false.")]
    public bool? IgnoreCase { get; init; }

    [Description("Lines to show before and after each match, with output_mode content. Default 0, at most 20.")]
    public int? Context { get; init; }

    [Description("How many matching lines, or files, to show. Default 100, at most 1000.")]
    public int? HeadLimit { get; init; }
}
