using System.Text.Json;
using ClawCi.Artifacts;
using ClawCi.Artifacts.Findings;
using ClawCi.Events;
using ClawCi.Runs;
using ClawCi.Sessions;
using ClawCi.Shared;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Artifacts.Findings;

public sealed class RequestedReportsTests
{
    private const string Hostile =
        "[click](https://evil.example) {0} \u202E\u001b[2J\n::error::x %0A \"quoted\" <b> ##[command]";

    [Fact]
    public void Each_finding_has_the_place_where_a_reviewer_can_do_something()
    {
        Assert.Equal(
            [
                ("gate/protected-path", FindingLevel.Error, "tests/a b.py", 1),
                ("gate/secret", FindingLevel.Error, "src/key.py", 12),
                ("gate/symlink", FindingLevel.Warning, "docs/source", 1),
                ("check/test", FindingLevel.Error, "ci/task.yaml", 30),
                ("policy/no-push", FindingLevel.Warning, "policy.yaml", 5),
                ("network/network", FindingLevel.Warning, "ci/task.yaml", 15),
            ],
            TaskFindings.Of(Task()).Select(f => (f.Rule, f.Level, f.Path, f.Line))
        );
    }

    [Fact]
    public async Task Sarif_is_what_the_schema_of_OASIS_says_whatever_a_model_wrote()
    {
        using var directory = new TempDirectory();
        foreach (var (name, task) in new[] { ("sound", Task()), ("hostile", Task(Hostile)), ("none", Sample()) })
        {
            var file = directory.Write($"{name}.sarif", Text(new SarifWriter(), task));
            var schema = Path.Combine(SampleRun.FixtureDirectory(), "../schemas/sarif-schema-2.1.0.json");
            var result = await ProcessRunner.RunAsync(
                new ProcessRequest(
                    "/usr/bin/python3",
                    [
                        "-c",
                        "import json, sys, jsonschema; jsonschema.Draft4Validator(json.load(open(sys.argv[1]))).validate(json.load(open(sys.argv[2])))",
                        schema,
                        file,
                    ]
                ),
                TestContext.Current.CancellationToken
            );
            Assert.True(result.ExitCode == 0, result.ErrorText);
        }
    }

    [Fact]
    public void A_message_in_sarif_holds_no_link_and_no_hole()
    {
        var sarif = JsonElement.Parse(Text(new SarifWriter(), Task(Hostile)));
        var results = sarif.GetProperty("runs")[0].GetProperty("results").EnumerateArray().ToList();

        Assert.NotEmpty(results);
        foreach (var text in results.Select(result => result.GetProperty("message").GetProperty("text").GetString()!))
        {
            Assert.DoesNotContain("](", text, StringComparison.Ordinal);
            Assert.DoesNotMatch(@"(?<!\{)\{(\{\{)*(?!\{)", text);
            Assert.DoesNotContain(text, c => char.IsControl(c) || c == '\u202E');
        }
    }

    [Fact]
    public void GitLab_gets_every_field_it_asks_for_and_each_fingerprint_once()
    {
        var entries = JsonElement.Parse(Text(new CodeQualityWriter(), Task(Hostile))).EnumerateArray().ToList();

        Assert.NotEmpty(entries);
        Assert.All(
            entries,
            entry =>
            {
                Assert.NotEqual("", entry.GetProperty("description").GetString());
                Assert.StartsWith("claw-ci/", entry.GetProperty("check_name").GetString(), StringComparison.Ordinal);
                Assert.Matches("^(minor|critical)$", entry.GetProperty("severity").GetString());
                Assert.NotEqual("", entry.GetProperty("location").GetProperty("path").GetString());
                Assert.InRange(
                    entry.GetProperty("location").GetProperty("lines").GetProperty("begin").GetInt32(),
                    1,
                    int.MaxValue
                );
            }
        );
        var fingerprints = entries.Select(entry => entry.GetProperty("fingerprint").GetString()!).ToList();
        Assert.Equal(fingerprints.Count, fingerprints.Distinct().Count());
    }

    [Fact]
    public void A_fingerprint_stays_when_the_line_moves()
    {
        var finding = new PlacedFinding("gate/secret", FindingLevel.Error, "m", "a", 3);

        Assert.Equal(new Fingerprints().Of(finding), new Fingerprints().Of(finding with { Line = 9 }));
        Assert.NotEqual(new Fingerprints().Of(finding), new Fingerprints().Of(finding with { Path = "b" }));
    }

    [Fact]
    public void Reports_that_the_run_was_asked_for_are_made_again_and_others_are_not()
    {
        using var directory = new TempDirectory();
        var run = new RunRecord("r", [Task(reports: "sarif")]);
        Directory.CreateDirectory(directory["tasks/t"]);

        ArtifactWriters.WriteAll(run, directory.Path);
        Assert.Equal((true, false), Made());

        File.Delete(directory[SarifWriter.FileName]);
        ArtifactWriters.WriteAll(run, directory.Path, ReportKind.CodeQuality);
        Assert.Equal((true, true), Made());

        // One that lies there from before is not left to go stale.
        File.WriteAllText(directory[CodeQualityWriter.FileName], "old");
        ArtifactWriters.WriteAll(run, directory.Path);
        Assert.NotEqual("old", File.ReadAllText(directory[CodeQualityWriter.FileName]));

        (bool, bool) Made() =>
            (File.Exists(directory[SarifWriter.FileName]), File.Exists(directory[CodeQualityWriter.FileName]));
    }

    [Theory]
    [InlineData("sarif", "sarif")]
    [InlineData("sarif, code-quality,sarif", "code-quality, sarif")]
    [InlineData("sarif,", null)]
    [InlineData("SARIF", null)]
    [InlineData("", null)]
    public void A_list_of_reports_holds_names_and_nothing_else(string list, string? read) =>
        Assert.Equal(read, ReportKinds.Read(list) is { } kinds ? ReportKinds.Write(kinds) : null);

    private static string Text(IArtifactWriter writer, TaskRecord task) =>
        System.Text.Encoding.UTF8.GetString(writer.Write(new RunRecord("r", [task])).Single().Bytes());

    private static TaskRecord Sample() => RunRecord.Read(SampleRun.FixtureDirectory()).Tasks[0];

    private static TaskRecord Task(string? text = null, string? reports = null)
    {
        var sample = Sample();
        var input = JsonSerializer.SerializeToElement(
            new Dictionary<string, string> { ["command"] = text ?? "git push" }
        );
        RunEvent[] events =
        [
            sample.Started! with
            {
                Origins =
                [
                    new("sandbox.image", "x", "ci/task.yaml:15"),
                    new("verify.checks", "test", "ci/task.yaml:30"),
                    .. reports is null ? Array.Empty<Events.Origin>() : [new("reports", reports, "--reports")],
                ],
            },
            new ToolCalled("1", "bash", input, 1),
            new PolicyDecided("1", "bash", "deny", text ?? "no-push", text ?? "policy.yaml:5", text ?? "Do not.", ""),
            new ToolCalled("2", "bash", input, 2),
            new PolicyDecided("2", "bash", "deny", text ?? "no-push", text ?? "policy.yaml:5", text ?? "Do not.", ""),
            new NetworkUsed("agent", text ?? "example.com", 443, "deny", text ?? "network", text, 0, 0, 0),
            sample.Ended with
            {
                Checks =
                [
                    new(text ?? "test", 1, "fail", 1, 0, NamedTests: [text ?? "A"]),
                    new("lint", 1, "pass", 0, 0),
                ],
                Changes = new ChangeSummary(
                    1,
                    1,
                    1,
                    1,
                    [],
                    [
                        new("protected-path", text ?? "tests/a b.py", "block", text ?? "is protected"),
                        new(GateFinding.Secret, text ?? "src/key.py", "block", text ?? "holds a secret", 12, "token"),
                        new("symlink", text ?? "docs/source", "review", text ?? "leads out"),
                    ]
                ),
            },
        ];
        return new TaskRecord("t", events.Select(e => new TranscriptLine(sample.Lines.First().Envelope, e, "")), null);
    }
}
