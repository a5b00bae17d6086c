using System.ComponentModel;

namespace ClawCi.ToolServer.Tools;

internal sealed record EditFileInput
{
    [Description("The file, relative to the workspace or absolute inside it.")]
    public required string Path { get; init; }

    [Description("The exact text to replace, with its white space. It must occur once, unless replace_all is true.")]
    public required string OldString { get; init; }

    [Description("The text to put in its place. Empty deletes.")]
    public required string NewString { get; init; }

    [Description("Replace every occurrence. Default false.")]
    public bool? ReplaceAll { get; init; }
}
