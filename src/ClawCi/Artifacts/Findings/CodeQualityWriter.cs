using System.Text.Json.Nodes;

namespace ClawCi.Artifacts.Findings;

/// <summary><c>gl-code-quality-report.json</c>: findings as GitLab shows them in a merge request.</summary>
internal sealed class CodeQualityWriter : IArtifactWriter
{
    public const string FileName = "gl-code-quality-report.json";

    private const int Most = 5000;

    public IEnumerable<Artifact> Write(RunRecord run)
    {
        var fingerprints = new Fingerprints();
        var findings = run.Tasks.SelectMany(TaskFindings.Of).Take(Most);
        yield return new(
            FileName,
            IndentedJson.Of(new JsonArray([.. findings.Select(finding => Entry(finding, fingerprints.Of(finding)))]))
        );
    }

    private static JsonObject Entry(PlacedFinding finding, string fingerprint) =>
        new()
        {
            ["description"] = finding.Message,
            ["check_name"] = $"claw-ci/{finding.Rule}",
            ["fingerprint"] = fingerprint,
            ["severity"] = finding.Level == FindingLevel.Error ? "critical" : "minor",
            ["location"] = new JsonObject
            {
                ["path"] = finding.Path,
                ["lines"] = new JsonObject { ["begin"] = finding.Line },
            },
        };
}
