using System.Xml.Linq;
using System.Xml.Schema;
using ClawCi.Artifacts;
using ClawCi.Events;
using ClawCi.Sessions;
using Xunit;

namespace ClawCi.Tests.Artifacts;

public sealed class JUnitWriterTests
{
    [Fact]
    public void A_red_check_is_a_failure_with_the_end_of_its_log()
    {
        var suite = SuiteOf(
            "task-failed",
            [new("test", 2, "fail", 1, 10), new("lint", 2, "pass", 0, 5)],
            "AssertionError"
        );

        Assert.Equal(
            ("3", "2", "0"),
            (
                (string?)suite.Attribute("tests"),
                (string?)suite.Attribute("failures"),
                (string?)suite.Attribute("errors")
            )
        );
        var check = suite.Elements("testcase").Single(c => (string?)c.Attribute("name") == "check test");
        Assert.Equal("AssertionError", check.Element("failure")!.Value);
    }

    [Fact]
    public void A_task_that_could_not_be_worked_on_is_an_error_and_not_a_failure()
    {
        var suite = SuiteOf("model-unavailable", [], "");

        Assert.Equal(
            "model-unavailable",
            (string?)suite.Elements("testcase").Single().Element("error")!.Attribute("type")
        );
    }

    [Fact]
    public void Characters_that_XML_refuses_are_made_visible()
    {
        var tail = "\0\u0001\u001b[31m\u000b\ufffe\uffff\ud800 ]]> \u0085";

        var suite = SuiteOf("task-failed", [new("test\0\uffff", 2, "fail", 1, 10)], tail, checkId: "test\0\uffff");

        var text = suite.Elements("testcase").Last().Element("failure")!.Value;
        Assert.Contains("⟨NUL⟩⟨SOH⟩", text, StringComparison.Ordinal);
        Assert.Contains("]]>", text, StringComparison.Ordinal);
    }

    private static XElement SuiteOf(string outcome, CheckSummary[] checks, string tail, string checkId = "test")
    {
        var task = RunRecord.Read(SampleRun.FixtureDirectory()).Tasks[0];
        RunEvent[] events =
        [
            task.Started!,
            new CheckRan(checkId, 2, "run", 1, "fail", 10, "", tail),
            task.Ended with
            {
                Outcome = outcome,
                Checks = checks,
            },
        ];
        var lines = events.Select(e => new TranscriptLine(task.Lines.First().Envelope, e, ""));
        var run = new RunRecord("r", [new TaskRecord("t", [.. lines], null)]);
        var bytes = new JUnitWriter().Write(run).Single().Bytes();
        var document = XDocument.Parse(System.Text.Encoding.UTF8.GetString(bytes));
        document.Validate(Schema(), (_, problem) => Assert.Fail(problem.Message));
        return document.Root!.Element("testsuite")!;
    }

    /// <summary>What the Jenkins xUnit plugin holds a report against.</summary>
    private static XmlSchemaSet Schema()
    {
        var schemas = new XmlSchemaSet();
        schemas.Add(null, Path.Combine(SampleRun.FixtureDirectory(), "../schemas/junit-10.xsd"));
        return schemas;
    }
}
