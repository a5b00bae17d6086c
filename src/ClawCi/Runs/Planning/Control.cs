using ClawCi.Permissions;

namespace ClawCi.Runs.Planning;

/// <summary>The control variables' names, and how their values are read.</summary>
internal static class Control
{
    public const string PermissionMode = "CLAW_CI_PERMISSION_MODE";
    public const string Sandbox = "CLAW_CI_SANDBOX";
    public const string AutoCompactTokens = "CLAW_CI_AUTO_COMPACT_TOKENS";
    public const string McpTimeout = "CLAW_CI_MCP_TIMEOUT";

    /// <summary>The words for the permission modes, narrowest first.</summary>
    public static IReadOnlyList<string> Modes { get; } =
    [.. Enum.GetValues<PermissionMode>().Select(PermissionPolicy.ModeName)];

    /// <summary>Null for a variable that is empty: CI systems set what they have no value for to nothing.</summary>
    public static string? Given(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();

    public static PermissionMode? Mode(string word) =>
        Modes.ToList().IndexOf(word) is >= 0 and var index ? (PermissionMode)index : null;
}
