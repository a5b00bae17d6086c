using System.Text;
using System.Text.Json;
using ClawCi.Artifacts;
using ClawCi.Artifacts.HtmlReport;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Sessions;
using Xunit;

namespace ClawCi.Tests.Artifacts.HtmlReport;

public sealed class ReportInBrowserTests
{
    [Theory]
    [InlineData(390, false)]
    [InlineData(390, true)]
    [InlineData(1280, false)]
    public async Task The_report_reads_on_a_phone_and_a_desk_without_scripts(int width, bool dark)
    {
        var run = RunRecord.Read(SampleRun.FixtureDirectory());

        var seen = await Browser.LookAtAsync(Report(run), width, scripts: false, dark);

        Assert.Equal(0, seen.GetProperty("overflow").GetInt32());
        Assert.Equal(0, seen.GetProperty("overflowOpen").GetInt32());
        Assert.True(seen.GetProperty("grew").GetBoolean(), "folds open without scripts");
        Assert.Equal(
            [
                "H1 fix-invoice-totals",
                "H2 Changes 8 files",
                "H2 Checks 2 checks",
                "H2 Denied by the policy 1 call",
                "H2 What the model said last",
                "H2 Time and money 39 s",
                "H2 On the way",
            ],
            Strings(seen, "headings").Take(7)
        );
        Assert.Equal(["header", "main", "nav", "footer"], Strings(seen, "landmarks"));
        Assert.Equal(dark ? "rgb(18, 20, 23)" : "rgb(245, 244, 240)", seen.GetProperty("background").GetString());
    }

    [Theory]
    [InlineData("</script></pre></style></title><script>parent.pwned=true</script>")]
    [InlineData("<img src=x onerror=parent.pwned=true>\"><svg onload='parent.pwned=true'>")]
    [InlineData("\" autofocus onfocus=\"parent.pwned=true\" x='")]
    [InlineData("javascript:parent.pwned=true\n\u202Egnp.exe\u2066\u001b[2J\u001b]0;t\u0007\0\u200b")]
    public async Task Hostile_text_is_inert_everywhere(string hostile)
    {
        var seen = await Browser.LookAtAsync(Report(RunThatSays(hostile)), 390, scripts: true);

        Assert.Equal(0, seen.GetProperty("active").GetInt32());
        Assert.False(seen.GetProperty("pwned").GetBoolean());
        Assert.Equal(0, seen.GetProperty("overflowOpen").GetInt32());
    }

    [Fact]
    public async Task A_line_of_a_megabyte_neither_breaks_the_page_nor_fills_it()
    {
        var report = Report(RunThatSays(new string('x', 1_000_000)));

        Assert.InRange(Encoding.UTF8.GetByteCount(report), 1, 1_000_000);
        var seen = await Browser.LookAtAsync(report, 390, scripts: false);
        Assert.Equal(0, seen.GetProperty("overflowOpen").GetInt32());
    }

    [Fact]
    public async Task The_numbers_of_many_turns_stay_on_their_lines_on_a_phone()
    {
        var seen = await Browser.LookAtAsync(Report(LongRun(turns: 120, "fine\n")), 390, scripts: false);

        Assert.Equal(0, seen.GetProperty("brokenNumbers").GetInt32());
        Assert.Equal(0, seen.GetProperty("overflowOpen").GetInt32());
    }

    [Fact]
    public void A_run_of_a_thousand_turns_fits_into_five_megabytes_and_says_what_is_left_out()
    {
        var output = string.Concat(Enumerable.Repeat("error: <something> & \"something else\" went wrong\n", 400));
        var report = Report(LongRun(turns: 1000, output));

        Assert.InRange(Encoding.UTF8.GetByteCount(report), 500_000, 5_000_000);
        Assert.Contains("characters left out", report, StringComparison.Ordinal);
        Assert.Contains("""<span class="no">1000</span>""", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_made_of_what_grows_most_when_encoded_cannot_blow_up_the_page()
    {
        var report = Report(LongRun(turns: 1000, new string('\u202E', 100_000)));

        Assert.InRange(Encoding.UTF8.GetByteCount(report), 500_000, 5_000_000);
        Assert.Contains("the page would grow too long", report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_in_the_patch_is_masked_on_the_page()
    {
        var patch = "diff --git a/x b/x\n@@ -0,0 +1 @@\n+key = ghp_0123456789abcdefghijklmnopqrstuvwxyz\n";
        var task = RunRecord.Read(SampleRun.FixtureDirectory()).Tasks[0];

        var report = Report(new RunRecord("r", [new TaskRecord("t", task.Lines, () => Encoding.UTF8.GetBytes(patch))]));

        Assert.Contains("key = ***", report, StringComparison.Ordinal);
        Assert.DoesNotContain("ghp_", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_tasks_are_a_table_and_a_part_each()
    {
        var task = RunRecord.Read(SampleRun.FixtureDirectory()).Tasks[0];

        var report = Report(new RunRecord("r", [task, new TaskRecord("cut-off", task.Lines.SkipLast(8), null)]));

        Assert.Contains("<h1>2 tasks</h1>", report, StringComparison.Ordinal);
        Assert.Contains("""<a href="#t1">cut-off</a>""", report, StringComparison.Ordinal);
        Assert.Contains("""<h2 id="t1">cut-off</h2>""", report, StringComparison.Ordinal);
        Assert.Contains("""<h3 id="t1-conversation">""", report, StringComparison.Ordinal);
        Assert.Contains("Interrupted", report, StringComparison.Ordinal);
    }

    private static string Report(RunRecord run) =>
        Encoding.UTF8.GetString(new HtmlReportWriter().Write(run).Single().Bytes());

    private static IEnumerable<string> Strings(JsonElement seen, string name) =>
        seen.GetProperty(name).EnumerateArray().Select(item => item.GetString()!);

    private static RunRecord LongRun(int turns, string output)
    {
        var task = RunRecord.Read(SampleRun.FixtureDirectory()).Tasks[0];
        var events = new List<RunEvent> { task.Started! };
        for (var turn = 1; turn <= turns; turn++)
        {
            var input = JsonElement.Parse("""{"command":"make test"}""");
            ToolUseBlock[] uses = [new($"a{turn}", "bash", input), new($"b{turn}", "bash", input)];
            events.Add(new MessageAdded(Role.Assistant, [new TextBlock(output), .. uses], turn));
            events.AddRange(uses.Select(use => new ToolAnswered(use.Id, "bash", false, 0, 5, output.Length, false)));
            events.Add(
                new MessageAdded(Role.User, [.. uses.Select(use => new ToolResultBlock(use.Id, output, false))], turn)
            );
        }
        events.Add(task.Ended);
        return Run(events, null);
    }

    private static RunRecord RunThatSays(string text)
    {
        var task = RunRecord.Read(SampleRun.FixtureDirectory()).Tasks[0];
        var input = JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["command"] = text });
        var edit = JsonSerializer.SerializeToElement(
            new Dictionary<string, string>
            {
                ["path"] = text,
                ["old_string"] = text,
                ["new_string"] = text,
            }
        );
        RunEvent[] events =
        [
            task.Started! with
            {
                Name = text,
                Description = text,
                Model = text,
                System = text,
                Image = new ImageReference(text, text, text),
                Origins = [new(text, text, text)],
                BaseCommit = text,
            },
            new ImagePulled(text, true, 1, 1, 1),
            new SandboxStarted(text, text, 1, text),
            new SetupRan(text, 1, 1, text),
            new HookRan(text, text, "1", "block", 1, 1, text),
            new NetworkUsed(text, text, 443, "deny", text, text, 1, 1, 1),
            new NetworkUsed(text, text, 443, text, text, text, 1, 1, 1),
            new MessageAdded(Role.User, [new TextBlock(text)], 0),
            new MessageAdded(
                Role.Assistant,
                [
                    new TextBlock(text),
                    new ThinkingBlock(text, text),
                    new UnknownBlock(input),
                    new ToolUseBlock("1", text, input),
                    new ToolUseBlock("2", "bash", input),
                    new ToolUseBlock("3", "edit_file", edit),
                    new ToolUseBlock("4", "bash", default, text),
                ],
                1,
                text,
                text,
                text
            ),
            new ToolCalled("1", text, input, 1),
            new PolicyDecided("1", text, "deny", text, text, text, text),
            new UsageAdded(text, new Usage(1, 1, 1, 1), 1, new Usage(1, 1, 1, 1), 1),
            new ToolAnswered("2", text, true, 1, 1, 1, true),
            new MessageAdded(Role.User, [.. "1234".Select(id => new ToolResultBlock($"{id}", text, true))], 1),
            new ApiRetried(1, 2, 3, text, 529, text),
            new McpServerEvent(text, "lost", false, [text], 1, text),
            new Resumed(text, true, text, [text]),
            new RoundStarted(2),
            new Compacted(text, 9, 8, [new(1, 0, text)], new(1, 2, [new TextBlock(text)], text, true), null, 1, 1),
            new LimitReached(text, text),
            new CheckRan(text, 1, text, 1, text, 1, text, text, text, text, new TestCounts(1, 1, 1), [text], 3, 1),
            new Warned(text),
            new Failed(text),
            task.Ended with
            {
                Outcome = text,
                Message = text,
                Reason = text,
                Result = text,
                Applied = text,
                SessionId = text,
                Checks = [new(text, 1, text, 1, 1)],
                PermissionDenials = [new(text, "1", input, text, text)],
                Changes = new ChangeSummary(1, 1, 1, 1, [new(text, text)], [new(text, text, text, text, 1, text)]),
                ModelUsage = new Dictionary<string, ModelUsage> { [text] = new(1, 1, 1, 1, 1) },
            },
        ];
        var line = text.Replace('\n', ' ').Replace("\0", "", StringComparison.Ordinal);
        var patch =
            $"diff --git a/{line} b/{line}\nold mode {line}\nnew mode {line}\n--- a/{line}\n+++ b/{line}\n@@ -1,1 +1,1 @@ {line}\n-{line}\n+{line}!\n";
        return Run(events, () => Encoding.UTF8.GetBytes(patch));
    }

    private static RunRecord Run(IReadOnlyList<RunEvent> events, Func<byte[]>? patch)
    {
        var envelope = RunRecord.Read(SampleRun.FixtureDirectory()).Tasks[0].Lines.First().Envelope;
        return new RunRecord(
            "r",
            [new TaskRecord("t", events.Select(e => new TranscriptLine(envelope, e, "")), patch)]
        );
    }
}
