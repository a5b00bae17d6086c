namespace ClawCi.Runs;

/// <summary>One reason for an outcome.</summary>
/// <param name="Reason">A stable word, such as <c>max-turns</c>.</param>
/// <param name="Message">A sentence for people.</param>
/// <param name="Retryable">Whether the same task may succeed if it is run again unchanged.</param>
internal sealed record Finding(Outcome Outcome, string Reason, string Message, bool Retryable = false);

/// <summary>Collects what was found and decides: the finding that comes first in <see cref="Outcome"/> wins.</summary>
/// <param name="verifies">Whether the task has checks.</param>
internal sealed class Verdict(bool verifies)
{
    private readonly List<Finding> _findings = [];

    public IReadOnlyList<Finding> Findings => _findings;

    public Finding Decision =>
        _findings.MinBy(finding => finding.Outcome) ?? new Finding(Outcome.Success, "completed", Message);

    private string Message =>
        verifies ? "The model finished and no check is red." : "The model finished. The task has no checks.";

    /// <param name="findings">Null where nothing was found.</param>
    public void Add(params IEnumerable<Finding?> findings) => _findings.AddRange(findings.OfType<Finding>());

    public bool Has(Outcome outcome) => _findings.Exists(finding => finding.Outcome == outcome);
}
