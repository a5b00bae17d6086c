using ClawCi.Artifacts;
using ClawCi.Artifacts.Findings;
using ClawCi.GitHub;

namespace ClawCi.Cli.Console;

/// <summary>
/// A run's findings as GitHub's annotations, the gravest first. GitHub shows ten of a kind and step; the console has made an error of each
/// failed task and a warning of each warning already.
/// </summary>
internal static class Annotations
{
    /// <summary>Of a kind, those of the console included.</summary>
    public const int Most = 10;

    public static IEnumerable<WorkflowCommand> Of(RunRecord run)
    {
        var findings = run
            .Tasks.SelectMany(task => TaskFindings.Of(task).Select(finding => (task.Name, finding)))
            .ToList();
        var told = new Dictionary<FindingLevel, int>
        {
            [FindingLevel.Error] = run.Tasks.Count(task => task.Ended.ExitCode != 0),
            [FindingLevel.Warning] = run.Tasks.Sum(task =>
                task.Digest.Warnings.Count
                + task.Digest.Objections.Count
                + task.Digest.Servers.Count(server => server is { State: "failed" or "lost", Required: false })
            ),
        };
        foreach (var (level, before) in told)
        {
            foreach (var (name, finding) in findings.Where(one => one.finding.Level == level).Take(Most - before))
            {
                yield return new WorkflowCommand(
                    level == FindingLevel.Error ? "error" : "warning",
                    finding.Message,
                    $"claw-ci {name}: {finding.Rule}",
                    finding.Path,
                    finding.Line
                );
            }
        }
    }
}
