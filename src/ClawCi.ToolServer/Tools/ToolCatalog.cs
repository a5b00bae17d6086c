namespace ClawCi.ToolServer.Tools;

/// <summary>Every tool, in the order the model sees.</summary>
internal static class ToolCatalog
{
    public static IReadOnlyList<ServerTool> All { get; } =
    [
        ServerTool.Of("bash", ToolJson.Default.BashInput, BashTool.RunAsync),
        ServerTool.Of("bash_output", ToolJson.Default.BashOutputInput, BashOutputTool.RunAsync),
        ServerTool.Of("bash_kill", ToolJson.Default.BashKillInput, BashKillTool.RunAsync),
        ServerTool.Of("read_file", ToolJson.Default.ReadFileInput, ReadFileTool.RunAsync),
        ServerTool.Of("write_file", ToolJson.Default.WriteFileInput, WriteFileTool.RunAsync),
        ServerTool.Of("edit_file", ToolJson.Default.EditFileInput, EditFileTool.RunAsync),
        ServerTool.Of("glob_search", ToolJson.Default.GlobSearchInput, GlobSearchTool.RunAsync),
        ServerTool.Of("grep_search", ToolJson.Default.GrepSearchInput, GrepSearchTool.RunAsync),
    ];

    /// <summary>What a session can do: where there is no shell there are no commands.</summary>
    public static IEnumerable<ServerTool> For(Session session) =>
        All.Where(tool => session.Commands.HasShell || !tool.Name.StartsWith("bash", StringComparison.Ordinal));
}
