namespace ClawCi.Runs.Settings;

/// <summary>
/// The workspace's own <c>.claw/settings.yaml</c>. Nobody named it, so it is whoever wrote to the repository that speaks:
/// what narrows counts, the rest does not. One that cannot be read stops the run, it may have forbidden something.
/// </summary>
internal static class WorkspaceSettings
{
    public const string Name = ".claw/settings.yaml";

    /// <exception cref="UserErrorException">It is there, and it is wrong.</exception>
    public static SettingsSource? Find(string workspace)
    {
        try
        {
            return WorkspaceFile.Find(workspace, Name) is { } file ? SettingsSource.Read(file) : null;
        }
        catch (IOException e)
        {
            throw new UserErrorException(Name, $"what the workspace forbids cannot be known: {e.Message}");
        }
    }

    /// <summary>What of the file does not count, for people.</summary>
    public static IEnumerable<string> Ignored(SettingsFile file, bool hooksCount)
    {
        string?[] keys =
        [
            file.Model is null ? null : "model",
            file.Apply is null ? null : "apply",
            file.Compaction is null ? null : "compaction",
            file.Reports is null ? null : "reports",
            file.Permissions?.Allow is null ? null : "permissions.allow",
            file.Hooks is null || hooksCount ? null : "hooks",
            file.McpServers is null || hooksCount ? null : "mcp-servers",
            file.Plugins is null || hooksCount ? null : "plugins",
        ];
        return keys.OfType<string>()
            .Select(key =>
                $"{Name}: `{key}` is ignored: the workspace may forbid and may not decide."
                + key switch
                {
                    "hooks" => " --trust-workspace lets its hooks run on this machine.",
                    "plugins" => " --trust-workspace lets them take part.",
                    "mcp-servers" => " --trust-workspace lets its MCP servers be used.",
                    _ => "",
                }
            );
    }
}
