using System.ComponentModel;

namespace ClawCi.ToolServer.Tools;

internal sealed record WriteFileInput
{
    [Description("The file, relative to the workspace or absolute inside it. Missing directories are made.")]
    public required string Path { get; init; }

    [Description("The whole content of the file, written as UTF-8 exactly as given.")]
    public required string Content { get; init; }
}
