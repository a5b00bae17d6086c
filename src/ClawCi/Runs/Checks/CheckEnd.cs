namespace ClawCi.Runs.Checks;

/// <summary>What one run of a check gave, before it was held against what the check demands.</summary>
/// <param name="Outcome">By its exit code alone: a word of <see cref="CheckOutcomes"/>.</param>
/// <param name="Tests">What its reports say; null when it has none or they cannot be relied on.</param>
/// <param name="ReportProblem">Why they cannot be relied on.</param>
internal sealed record CheckEnd(int? ExitCode, string Outcome, TestResults? Tests = null, string? ReportProblem = null);
