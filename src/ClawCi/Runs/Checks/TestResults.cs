namespace ClawCi.Runs.Checks;

/// <summary>What all reports of one check say together. A test that stands in them more than once counts as often.</summary>
internal sealed class TestResults
{
    private readonly Dictionary<string, int> _failed = [];
    private readonly HashSet<string> _ran = [];

    public TestResults(IEnumerable<TestCase> cases)
    {
        foreach (var test in cases)
        {
            if (test.End == TestEnd.Skipped)
            {
                Skipped++;
                continue;
            }
            _ran.Add(test.Name);
            if (test.End == TestEnd.Passed)
                Passed++;
            else
                _failed[test.Name] = _failed.GetValueOrDefault(test.Name) + 1;
        }
    }

    public int Passed { get; }

    public int Skipped { get; }

    public int Failed => _failed.Values.Sum();

    /// <summary>Passed or failed.</summary>
    public int Ran => Passed + Failed;

    public IReadOnlyList<string> FailedNames => [.. _failed.Keys.Order(StringComparer.Ordinal)];

    /// <summary>What fails here and not there, or here more often.</summary>
    public IReadOnlyList<string> FailuresBeyond(TestResults other) =>
        [.. FailedNames.Where(name => _failed[name] > other._failed.GetValueOrDefault(name))];

    /// <summary>What ran there and does not run here.</summary>
    public IReadOnlyList<string> MissingFrom(TestResults other) =>
        [.. other._ran.Where(name => !_ran.Contains(name)).Order(StringComparer.Ordinal)];
}
