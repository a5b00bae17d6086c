namespace ClawCi.Runs.Planning;

/// <summary>The control variables as they were set; null or empty when not.</summary>
internal sealed record EnvironmentValues
{
    /// <summary><c>CLAW_CI_PERMISSION_MODE</c>.</summary>
    public string? PermissionMode { get; init; }

    /// <summary><c>PATH</c>: what commands find where no image has one of its own.</summary>
    public string? SearchPath { get; init; }

    /// <summary><c>CLAW_CI_SANDBOX</c>.</summary>
    public string? Sandbox { get; init; }

    /// <summary><c>CLAW_CI_AUTO_COMPACT_TOKENS</c>.</summary>
    public string? AutoCompactTokens { get; init; }

    /// <summary><c>HOME</c>, what <c>~</c> means.</summary>
    public string? Home { get; init; }

    /// <summary><c>CLAW_CI_MCP_TIMEOUT</c>.</summary>
    public string? McpTimeout { get; init; }
}
