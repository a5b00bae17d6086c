using System.Globalization;
using System.Text.Json.Nodes;

namespace ClawCi.Artifacts.Findings;

/// <summary><c>claw-ci.sarif</c>: findings as SARIF 2.1.0 (OASIS, with errata 01).</summary>
internal sealed class SarifWriter : IArtifactWriter
{
    public const string FileName = "claw-ci.sarif";

    /// <summary>As many as GitHub shows.</summary>
    private const int Most = 5000;

    private const string Schema =
        "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    public IEnumerable<Artifact> Write(RunRecord run)
    {
        PlacedFinding[] findings = [.. run.Tasks.SelectMany(TaskFindings.Of).Take(Most)];
        var rules = findings
            .Select(finding => finding.Rule)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .Index()
            .ToDictionary(rule => rule.Item, rule => rule.Index, StringComparer.Ordinal);
        var fingerprints = new Fingerprints();
        var content = new JsonObject
        {
            ["$schema"] = Schema,
            ["version"] = "2.1.0",
            ["runs"] = new JsonArray(
                new JsonObject
                {
                    ["tool"] = new JsonObject { ["driver"] = Driver(run, rules.Keys) },
                    ["automationDetails"] = new JsonObject { ["id"] = "claw-ci/" },
                    ["invocations"] = new JsonArray(Invocation(run)),
                    ["columnKind"] = "utf16CodeUnits",
                    ["results"] = new JsonArray([
                        .. findings.Select(finding => Result(finding, rules[finding.Rule], fingerprints.Of(finding))),
                    ]),
                }
            ),
        };
        yield return new(FileName, IndentedJson.Of(content));
    }

    private static JsonObject Driver(RunRecord run, IEnumerable<string> rules)
    {
        var driver = new JsonObject
        {
            ["name"] = "claw-ci",
            ["rules"] = new JsonArray([
                .. rules.Select(rule => new JsonObject
                {
                    ["id"] = rule,
                    ["shortDescription"] = new JsonObject { ["text"] = Description(rule) },
                }),
            ]),
        };
        if (
            run.Tasks.Select(task => task.Started?.Version).FirstOrDefault(version => version is not null) is
            { } version
        )
            driver["version"] = version;
        return driver;
    }

    private static string Description(string rule) =>
        rule[..rule.IndexOf('/', StringComparison.Ordinal)] switch
        {
            "gate" => "A gate objects to what a patch changes.",
            "check" => "A check of the task is red.",
            "policy" => "The policy denied a tool call.",
            _ => "A host was asked for that the network's rules refuse.",
        };

    private static JsonObject Invocation(RunRecord run)
    {
        var result = RunResult.Of(run);
        var invocation = new JsonObject
        {
            ["executionSuccessful"] = result.ExitCode == 0,
            ["exitCode"] = result.ExitCode,
            ["exitCodeDescription"] = result.Outcome,
        };
        if (run.Tasks.Min(task => task.StartedAt) is { } started)
        {
            invocation["startTimeUtc"] = started.UtcDateTime.ToString(
                "yyyy-MM-dd'T'HH:mm:ss.fff'Z'",
                CultureInfo.InvariantCulture
            );
        }
        return invocation;
    }

    private static JsonObject Result(PlacedFinding finding, int rule, string fingerprint) =>
        new()
        {
            ["ruleId"] = finding.Rule,
            ["ruleIndex"] = rule,
            ["level"] = finding.Level == FindingLevel.Error ? "error" : "warning",
            ["message"] = new JsonObject { ["text"] = Plain(finding.Message) },
            ["locations"] = new JsonArray(
                new JsonObject
                {
                    ["physicalLocation"] = new JsonObject
                    {
                        ["artifactLocation"] = new JsonObject { ["uri"] = Address(finding.Path) },
                        ["region"] = new JsonObject { ["startLine"] = finding.Line },
                    },
                }
            ),
            ["partialFingerprints"] = new JsonObject { ["clawCiFinding/v1"] = fingerprint },
        };

    /// <summary>In a message <c>[text](place)</c> is a link and a single brace begins a hole (SARIF 2.1.0, 3.11.5 and 3.11.6).</summary>
    private static string Plain(string text) =>
        text.Replace("](", "] (", StringComparison.Ordinal)
            .Replace("{", "{{", StringComparison.Ordinal)
            .Replace("}", "}}", StringComparison.Ordinal);

    private static string Address(string path)
    {
        var address = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        return path.StartsWith('/') ? $"file://{address}" : address;
    }
}
