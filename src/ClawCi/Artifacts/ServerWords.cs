using ClawCi.Events;

namespace ClawCi.Artifacts;

/// <summary>What became of MCP servers, as people read of it.</summary>
internal static class ServerWords
{
    /// <summary><c>tracker: ready, 3 tools, 1.2 s</c>.</summary>
    public static string Of(McpServerEvent server)
    {
        var words = $"{server.Server}: {server.State.Replace('-', ' ')}";
        if (server.State is "ready" or "restarted" or "tools-changed")
            words += $", {Amount.Count(server.Tools.Count, "tool")}";
        if (server.DurationMs is { } duration)
            words += $", {Amount.Duration(duration)}";
        return server.Message is { Length: > 0 } message ? $"{words}: {message}" : words;
    }
}
