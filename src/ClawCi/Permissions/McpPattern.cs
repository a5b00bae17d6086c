namespace ClawCi.Permissions;

/// <summary>MCP tools that a rule is about. Names are compared whatever their case, in allow and deny rules alike.</summary>
/// <param name="Server">Null when the tools are <paramref name="Spelled"/>.</param>
/// <param name="Tools">Null is all of the server's.</param>
/// <param name="Spelled"><c>mcp__server</c>, <c>mcp__server__*</c> or <c>mcp__server__tool</c>.</param>
internal sealed record McpPattern(string? Server, IReadOnlyList<string>? Tools, string? Spelled = null)
{
    /// <summary>Compared with what the tool is spelled like; the spelling is never taken apart.</summary>
    public bool Matches(McpName name) =>
        Spelled is null
            ? Same(Server!, name.Server) && (Tools is null || Tools.Any(tool => Same(tool, name.Tool)))
            : Same(Spelled, name.Spelled)
                || Same(Spelled, name.Short)
                || Same(Spelled, McpName.Prefix + name.Server)
                || Same(Spelled, $"{McpName.Prefix}{name.Server}__*");

    /// <summary>Whether the rule may be about a tool of the server.</summary>
    public bool MayMatch(string server) =>
        Spelled is null
            ? Same(Server!, server)
            : Same(Spelled, McpName.Prefix + server)
                || Spelled.StartsWith($"{McpName.Prefix}{server}__", StringComparison.OrdinalIgnoreCase);

    public override string ToString() =>
        Spelled ?? (Tools is null ? $"{Server}" : $"{Server}: {string.Join('|', Tools)}");

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}
