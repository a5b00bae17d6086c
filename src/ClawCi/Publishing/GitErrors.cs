using ClawCi.Runs;

namespace ClawCi.Publishing;

/// <summary>What git says when another repository does not want it.</summary>
internal static class GitErrors
{
    private static readonly string[] Refusals =
    [
        "Authentication failed",
        "could not read Username",
        "returned error: 401",
        "returned error: 403",
        "HTTP 403",
        "HTTP 401",
        "Permission denied",
    ];

    private static readonly string[] Passing =
    [
        "returned error: 5",
        "Could not resolve host",
        "Connection refused",
        "Connection timed out",
        "timed out",
        "early EOF",
    ];

    public static bool IsRefusal(string said) =>
        Refusals.Any(refusal => said.Contains(refusal, StringComparison.OrdinalIgnoreCase));

    public static PublishException Refused(string what, string said) =>
        new(
            Outcome.AuthFailed,
            "credentials",
            $"the repository may not be {what} with what this step has: {said}. GitHub takes GITHUB_TOKEN or GH_TOKEN with `contents: write`, GitLab GITLAB_TOKEN with `write_repository`, or CI_JOB_TOKEN where the project lets jobs push."
        );

    public static PublishException Unreadable(string error)
    {
        var said = Short(error);
        return IsRefusal(said)
            ? Refused("read", said)
            : new(
                Outcome.ApplyFailed,
                "repository",
                $"the repository cannot be read: {said}",
                Passing.Any(sign => said.Contains(sign, StringComparison.Ordinal))
            );
    }

    /// <summary>The lines that say why, on one.</summary>
    public static string Short(string text)
    {
        const int Most = 400;
        var lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line is not ("Done" or "remote:") && !line.StartsWith("To ", StringComparison.Ordinal))
            .Select(VisibleText.Line);
        var said = string.Join("; ", lines);
        return said.Length <= Most ? said : $"{said[..Most]}…";
    }
}
