namespace ClawCi.Configuration;

/// <summary>Variables of the environment that hold the runner's own credentials.</summary>
internal static class CredentialVariables
{
    /// <summary>Keys and tokens of the providers.</summary>
    public static IReadOnlyList<string> Providers { get; } =
    ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "OPENAI_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN"];

    /// <summary>With these anybody is the job: its identity becomes a key, its cache a way into the next run.</summary>
    private static readonly string[] Identity =
    [
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
        "ACTIONS_ID_TOKEN_REQUEST_URL",
        "ACTIONS_RUNTIME_TOKEN",
    ];

    /// <summary>Whether no command of a user's gets it, named or not.</summary>
    public static bool IsOurs(string name) =>
        Providers.Contains(name, StringComparer.OrdinalIgnoreCase)
        || Identity.Contains(name, StringComparer.OrdinalIgnoreCase)
        || name.StartsWith("CLAW_CI_", StringComparison.OrdinalIgnoreCase);
}
