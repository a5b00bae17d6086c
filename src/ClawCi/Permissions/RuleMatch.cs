namespace ClawCi.Permissions;

/// <summary>A rule that matches a call.</summary>
/// <param name="Subject">The command, path or redirection it matches; for what cannot be known, why.</param>
internal sealed record RuleMatch(Rule Rule, string Subject, MatchKind Kind);

/// <summary>How sure it is; the first is the best to tell someone.</summary>
internal enum MatchKind
{
    Plain,

    /// <summary>A word of it is computed and may become what the rule names.</summary>
    Computed,

    /// <summary>Nobody knows what runs.</summary>
    Unknown,
}
