using System.Text.Json;
using ClawCi.Permissions.Shell;

namespace ClawCi.Permissions;

/// <summary>A tool call as rules see it.</summary>
/// <param name="Text">The command or the path as the model wrote it.</param>
/// <param name="Reading">Of bash: what the line may run and open.</param>
/// <param name="Path">Of a file tool: relative to the workspace; null when outside it.</param>
/// <param name="Files">Of bash: the files that redirections open, but for devices and scratch files.</param>
internal sealed record PolicySubject(
    string Tool,
    string Text,
    ShellReading? Reading,
    string? Path,
    IReadOnlyList<RedirectedFile> Files
)
{
    /// <summary>Of a tool of an MCP server: which it is.</summary>
    public McpName? Mcp { get; init; }

    /// <param name="input">The tool's input; what is not of the expected shape gives a subject that no allow rule matches.</param>
    /// <param name="mcp">The tool of an MCP server that it is; what the input says is no matter then.</param>
    public static PolicySubject Of(string tool, JsonElement input, string workspace, McpName? mcp = null) =>
        mcp is not null ? OfMcp(mcp)
        : ToolNames.IsMcp(tool) ? OfMcp(McpName.Read(tool == ToolNames.Mcp ? String(input, "path") : tool))
        : tool == ToolNames.Bash ? OfLine(String(input, "command"), workspace)
        : tool == ToolNames.WebFetch ? new(tool, String(input, "url"), null, null, [])
        : OfPath(tool, String(input, "path"), workspace);

    /// <summary>The input of a call with nothing but its command or path.</summary>
    public static JsonElement Input(string tool, string argument)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString(ArgumentOf(tool), argument);
            writer.WriteEndObject();
        }
        return JsonElement.Parse(stream.ToArray());
    }

    private static string ArgumentOf(string tool) =>
        tool switch
        {
            ToolNames.Bash => "command",
            ToolNames.WebFetch => "url",
            _ => "path",
        };

    /// <param name="mcp">Null gives a subject that no rule with a server matches.</param>
    public static PolicySubject OfMcp(McpName? mcp) => new(ToolNames.Mcp, $"{mcp}", null, null, []) { Mcp = mcp };

    public static PolicySubject OfPath(string tool, string path, string workspace) =>
        new(tool, path, null, path.Length == 0 ? null : WorkspacePath.Normalise(path, workspace), []);

    public static PolicySubject OfLine(string line, string workspace)
    {
        var reading = ShellReading.Of(line);
        return new(ToolNames.Bash, line, reading, null, Opened(reading.Files, workspace));
    }

    private static List<RedirectedFile> Opened(IReadOnlyList<RedirectedFile> files, string workspace)
    {
        List<RedirectedFile> opened = [];
        foreach (var file in files)
        {
            var inside = file.Path is null ? null : WorkspacePath.Normalise(file.Path, workspace);
            // Scratch files and devices: but the workspace itself may lie below /tmp.
            var isScratch =
                inside is null
                && file.Path is not null
                && (IsBelow(file.Path, "/tmp", workspace) || IsBelow(file.Path, "/dev", workspace));
            if (!isScratch)
                opened.Add(file with { Path = inside });
        }
        return opened;
    }

    private static bool IsBelow(string path, string directory, string workspace) =>
        WorkspacePath.Normalise(path.StartsWith('/') ? path : $"{workspace}/{path}", directory) is { Length: > 0 };

    private static string String(JsonElement input, string name) =>
        input.ValueKind == JsonValueKind.Object
        && input.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";
}
