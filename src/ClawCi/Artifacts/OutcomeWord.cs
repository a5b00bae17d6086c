namespace ClawCi.Artifacts;

/// <summary>How an outcome looks to a person.</summary>
/// <param name="Title">Two or three words.</param>
/// <param name="Tone"><c>good</c>, <c>bad</c> (the work is not right) or <c>halt</c> (it could not be done or finished).</param>
internal sealed record OutcomeWord(string Title, string Tone)
{
    public bool IsGood => Tone == "good";

    /// <summary>A sign that needs no colour to be told apart.</summary>
    public string Sign =>
        Tone switch
        {
            "good" => "✓",
            "bad" => "✗",
            _ => "!",
        };

    public static OutcomeWord Of(string outcome) =>
        outcome switch
        {
            "success" => new("Success", "good"),
            "task-failed" => new("Task failed", "bad"),
            "tasks-failed" => new("Not all tasks succeeded", "bad"),
            "no-changes" => new("No changes", "bad"),
            "gate-blocked" => new("Blocked by a gate", "bad"),
            "policy-blocked" => new("Blocked by policy", "bad"),
            "invalid-output" => new("Invalid output", "bad"),
            "apply-failed" => new("Not applied", "bad"),
            "replay-mismatch" => new("Replay differs", "bad"),
            "limit-exceeded" => new("Limit reached", "halt"),
            "timed-out" => new("Timed out", "halt"),
            "interrupted" => new("Interrupted", "halt"),
            "setup-failed" => new("Setup failed", "halt"),
            "model-unavailable" => new("Model unavailable", "halt"),
            "auth-failed" => new("Not authorised", "halt"),
            "sandbox-unavailable" => new("Sandbox unavailable", "halt"),
            "untrusted" => new("Not trusted", "halt"),
            "internal-error" => new("Internal error", "halt"),
            _ => new(outcome, "halt"),
        };
}
