namespace ClawCi.Cli;

/// <summary>What a step of GitHub's lacks, seen before anything is read: each with what to add to the workflow.</summary>
internal static class ActionPreflight
{
    private static readonly string[] Credentials =
    [
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_AUTH_TOKEN",
        "OPENAI_API_KEY",
        "CLAW_CI_API_KEY_COMMAND",
        "CLAW_CI_TOKEN_FILE",
        "CLAW_CI_OIDC_TOKEN_ENDPOINT",
    ];

    public static IReadOnlyList<string> Missing(CliEnvironment environment)
    {
        List<string> missing = [];
        if (environment.ActionInput("task") is null)
            missing.Add("the input `task` is missing (with: { task: .claw/fix.yaml })");
        var workspace = environment.GitHubWorkspace ?? ".";
        if (!Directory.Exists(workspace) || !Directory.EnumerateFileSystemEntries(workspace).Any())
            missing.Add("the workspace is empty (add `- uses: actions/checkout@v4` before this step)");
        if (environment["DOCKER_HOST"] is null && environment.IsImage && !File.Exists("/var/run/docker.sock"))
            missing.Add("there is no Docker socket (use a Linux runner that has Docker, such as ubuntu-latest)");
        // A model that needs no key is named, and a secret that a fork may not see is empty.
        if (
            environment.ActionInput("model")?.Split('/')[0] is "anthropic" or "openai"
            && !environment.Named(Credentials).Any()
        )
            missing.Add(
                "no key is set (env: { ANTHROPIC_API_KEY: \"${{ secrets.ANTHROPIC_API_KEY }}\" }; secrets are empty in runs from forks)"
            );
        return missing;
    }
}
