namespace ClawCi.Runs.Checks;

/// <summary>How a check stands.</summary>
/// <param name="Outcome">A word of <see cref="CheckOutcomes"/>.</param>
/// <param name="Reason">A stable word of <see cref="CheckReasons"/>; null when it passed.</param>
/// <param name="Message">Why, for people, where the exit code does not say it; starts with a small letter and has no full stop.</param>
/// <param name="Tests">The tests that the reason is about.</param>
internal sealed record CheckVerdict(
    string Outcome,
    string? Reason = null,
    string? Message = null,
    IReadOnlyList<string>? Tests = null
)
{
    public static CheckVerdict Passed { get; } = new(CheckOutcomes.Pass);

    public static CheckVerdict Red(string reason, string? message = null, IReadOnlyList<string>? tests = null) =>
        new(CheckOutcomes.Fail, reason, message, tests);
}
