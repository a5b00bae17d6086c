namespace ClawCi.Permissions;

/// <summary>Paths as rules see them: relative to the workspace, without <c>.</c>, <c>..</c> and doubled slashes.</summary>
internal static class WorkspacePath
{
    /// <summary>Null when the path leads out of the workspace, or is none.</summary>
    /// <param name="workspace">The workspace's absolute path in the sandbox.</param>
    public static string? Normalise(string path, string workspace)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
            return null;
        List<string> parts = [];
        var whole = path.StartsWith('/') ? path : $"{workspace}/{path}";
        foreach (var part in whole.Split('/'))
        {
            if (part == ".." && parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
            else if (part is not ("" or "." or ".."))
                parts.Add(part);
        }
        var root = workspace.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts.Count >= root.Length && root.SequenceEqual(parts.Take(root.Length))
            ? string.Join('/', parts.Skip(root.Length))
            : null;
    }
}
