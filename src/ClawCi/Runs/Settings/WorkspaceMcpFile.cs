using System.Text;
using ClawCi.ChangeSets.Posix;

namespace ClawCi.Runs.Settings;

/// <summary>The <c>.mcp.json</c> that other harnesses start servers from. Here nobody named it.</summary>
internal static class WorkspaceMcpFile
{
    private const string Name = ".mcp.json";

    /// <returns>What to say of it; null when it is not there.</returns>
    public static string? Ignored(string workspace)
    {
        using var root = Tree.OpenRoot(Path.GetFullPath(workspace));
        using var file = Beneath.Open(root, Encoding.UTF8.GetBytes(Name), OpenFlags.Read, out _);
        return file is null
            ? null
            : $"{Name} of the workspace is not read. Name the MCP servers that the task is to have as `mcp-servers`, in the task or in settings.";
    }
}
