namespace ClawCi.Git;

/// <summary>What git says on standard error, when another repository does not want it.</summary>
internal static class GitSaid
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
        "Failed to connect",
        "Connection refused",
        "Connection timed out",
        "timed out",
        "early EOF",
    ];

    /// <summary>It asks for other credentials.</summary>
    public static bool IsRefusal(string said) =>
        Refusals.Any(refusal => said.Contains(refusal, StringComparison.OrdinalIgnoreCase));

    /// <summary>It may be otherwise in a while.</summary>
    public static bool IsPassing(string said) => Passing.Any(sign => said.Contains(sign, StringComparison.Ordinal));

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
