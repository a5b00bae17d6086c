using System.Text;
using ClawCi.Artifacts;
using ClawCi.Artifacts.HtmlReport;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Sessions;
using Xunit;

namespace ClawCi.Tests.Artifacts;

/// <summary>Compactions, servers, resumes and rounds are told wherever a run is told.</summary>
public sealed class LaterEventsTests
{
    private static readonly string[] Told =
    [
        "900 to 200 tokens; 1 tool result pruned, messages 1 to 7 summed up for $0.0200",
        "tracker: ready, 2 tools, 1.2 s",
        "wiki: lost: it closed its output",
        "with the files it had; a tool call was under way, and nobody knows how far it came; changed in the checkout meanwhile: src/a.py",
        ", round 2, run again: pass",
    ];

    [Fact]
    public void A_transcript_as_text_tells_them()
    {
        var text = string.Join('\n', TranscriptText.Of(Task().Lines));

        Assert.All(Told, told => Assert.Contains(told, text, StringComparison.Ordinal));
        Assert.Contains("\n# round 2\n", text, StringComparison.Ordinal);
        Assert.Contains("  │ What was decided", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_tells_them_where_they_were_and_among_what_came_in_the_way()
    {
        var page = Encoding.UTF8.GetString(new HtmlReportWriter().Write(new RunRecord("r", [Task()])).Single().Bytes());

        Assert.All(Told, told => Assert.Contains(told, page, StringComparison.Ordinal));
        Assert.Contains("""<li class="note">Round 2</li>""", page, StringComparison.Ordinal);
        Assert.Contains("""<span class="tag halt">MCP server</span> wiki""", page, StringComparison.Ordinal);
        Assert.DoesNotContain("""MCP server</span> tracker""", page, StringComparison.Ordinal);
        Assert.Contains("after 2 rounds, tests is flaky", page, StringComparison.Ordinal);
        Assert.Matches("<code>stop</code>.*hook.*✗ no</span> it is not trusted.*the workspace", page);
        Assert.Matches("<code>tidy</code>.*skill.*✓ yes</span>.*~/skills", page);
    }

    [Fact]
    public void The_summary_tells_what_a_reader_should_know()
    {
        var summary = Encoding.UTF8.GetString(new SummaryWriter().Write(new RunRecord("r", [Task()])).Single().Bytes());

        Assert.Contains("| Compactions | 1: 1 tool result pruned", summary, StringComparison.Ordinal);
        Assert.Contains("| Resumed | 1 time, after it was killed |", summary, StringComparison.Ordinal);
        Assert.Contains(
            "| Checks | 2 of 2 green, 2 rounds, <code>tests</code> is flaky |",
            summary,
            StringComparison.Ordinal
        );
        Assert.Contains("- wiki&#58; lost&#58; it closed its output", summary, StringComparison.Ordinal);
    }

    private static TaskRecord Task()
    {
        var sample = RunRecord.Read(SampleRun.FixtureDirectory()).Tasks[0];
        var envelope = sample.Lines.First().Envelope;
        RunEvent[] later =
        [
            new Loaded([new("skill", "tidy", "~/skills"), new("hook", "stop", "the workspace", "it is not trusted")]),
            new McpServerEvent("tracker", "ready", true, ["get", "set"], 1_200, null),
            new McpServerEvent("wiki", "lost", false, [], null, "it closed its output"),
            new Resumed("0.1.0", true, "toolu_1", ["src/a.py"]),
            new Compacted(
                Compacted.Threshold,
                900,
                200,
                [new(3, 0, "pruned")],
                new(1, 7, [new TextBlock("Go on.")], "What was decided", ByModel: true),
                new Usage(900, 100),
                0.02m,
                800
            ),
            new RoundStarted(2),
            new CheckRan("tests", 2, "make test", 0, "pass", 9, "", "", Rerun: 1),
        ];
        var asked = new MessageAdded(Role.User, [new TextBlock("Do it.")], 0);
        RunEvent[] events =
        [
            sample.Started!,
            asked,
            .. later,
            sample.Ended with
            {
                Checks = [new("lint", 2, "pass", 0, 9), new("tests", 2, "pass", 0, 9, Flaky: true)],
            },
        ];
        return new TaskRecord("t", events.Select(each => new TranscriptLine(envelope, each, "")), null);
    }
}
