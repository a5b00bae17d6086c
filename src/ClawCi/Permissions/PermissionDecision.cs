namespace ClawCi.Permissions;

/// <summary>What the policy says of one tool call.</summary>
/// <param name="RuleId">The rule that decided; null when the mode did.</param>
/// <param name="Source">Where that was written: <c>policy.yaml:12</c>, <c>built-in</c>.</param>
/// <param name="Reason">For a denial: what the model is told.</param>
/// <param name="Subject">What was matched: the command or the path.</param>
internal sealed record PermissionDecision(bool Allowed, string? RuleId, string Source, string Reason, string Subject);
