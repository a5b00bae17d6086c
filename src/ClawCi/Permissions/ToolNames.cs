namespace ClawCi.Permissions;

/// <summary>The tools that rules may name, and what other harnesses call them.</summary>
internal static class ToolNames
{
    public const string Bash = "bash";
    public const string BashOutput = "bash_output";
    public const string BashKill = "bash_kill";
    public const string ReadFile = "read_file";
    public const string WriteFile = "write_file";
    public const string EditFile = "edit_file";
    public const string GlobSearch = "glob_search";
    public const string GrepSearch = "grep_search";
    public const string Agent = "agent";
    public const string TodoWrite = "todo_write";
    public const string WebFetch = "web_fetch";
    public const string Mcp = "mcp";
    public const string ReportOutcome = "report_outcome";
    public const string StructuredOutput = "structured_output";
    public const string Skill = "skill";

    /// <summary>In the order shown to users.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Bash,
        BashOutput,
        BashKill,
        ReadFile,
        WriteFile,
        EditFile,
        GlobSearch,
        GrepSearch,
        TodoWrite,
        Agent,
        Skill,
        WebFetch,
    ];

    private static readonly Dictionary<string, string> Aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Bash"] = Bash,
        ["BashOutput"] = BashOutput,
        ["KillBash"] = BashKill,
        ["KillShell"] = BashKill,
        ["Read"] = ReadFile,
        ["Write"] = WriteFile,
        ["Edit"] = EditFile,
        ["MultiEdit"] = EditFile,
        ["Glob"] = GlobSearch,
        ["Grep"] = GrepSearch,
        ["TodoWrite"] = TodoWrite,
        ["Task"] = Agent,
        ["WebFetch"] = WebFetch,
        ["Skill"] = Skill,
    };

    /// <summary>The tool's own name, whatever its case and alias; null when there is no such tool.</summary>
    public static string? Resolve(string name)
    {
        if (Aliases.TryGetValue(name, out var own))
            return own;
        var lower = name.ToLowerInvariant();
        return All.Contains(lower) || IsMcp(lower) ? lower : null;
    }

    /// <summary>
    /// The tools that a rule about <paramref name="name"/> is about. Elsewhere a rule about <c>Edit</c> is about every
    /// tool that edits files, and a policy brought from there must not lose half of its meaning.
    /// </summary>
    public static IReadOnlyList<string> ForRule(string name) =>
        name.Equals("Edit", StringComparison.OrdinalIgnoreCase)
        || name.Equals("MultiEdit", StringComparison.OrdinalIgnoreCase)
            ? [EditFile, WriteFile]
        : Resolve(name) is { } own ? [own]
        : [];

    /// <summary>Whether it names tools of MCP servers, which are granted by rule only.</summary>
    public static bool IsMcp(string tool) =>
        tool == Mcp || tool.StartsWith(McpName.Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the tool is granted by rule only: it reaches beyond the sandbox.</summary>
    public static bool IsExternal(string tool) => tool == WebFetch || IsMcp(tool);

    /// <summary>Whether the tool only hands the runner an answer. It touches nothing, so no rule is about it and none can take it away.</summary>
    public static bool IsAnswer(string tool) => tool is ReportOutcome or StructuredOutput;

    /// <summary>Whether the runner answers it itself, so that no sandbox need have it.</summary>
    public static bool IsOfRunner(string tool) => IsAnswer(tool) || tool is TodoWrite or Agent or Skill or WebFetch;

    /// <summary>Whether the tool looks after what bash started, and is nothing without it.</summary>
    public static bool BelongsToBash(string tool) => tool is BashOutput or BashKill;

    /// <summary>Whether the tool's input names the one file that it is about.</summary>
    public static bool HasPath(string tool) => tool is ReadFile or WriteFile or EditFile;

    /// <summary>The mode that the tool needs. Where a sandbox confines it, bash is no more than writing; no mode stands in the way of what only a rule grants.</summary>
    public static PermissionMode Level(string tool) =>
        tool is ReadFile or GlobSearch or GrepSearch or TodoWrite or Agent or Skill || IsExternal(tool)
            ? PermissionMode.ReadOnly
            : PermissionMode.WorkspaceWrite;
}
