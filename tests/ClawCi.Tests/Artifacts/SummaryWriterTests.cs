using System.Text.RegularExpressions;
using ClawCi.Artifacts;
using ClawCi.Events;
using ClawCi.Sessions;
using Xunit;

namespace ClawCi.Tests.Artifacts;

public sealed partial class SummaryWriterTests
{
    [Theory]
    [InlineData("<script>alert(1)</script><img src=x onerror=alert(1)>")]
    [InlineData("</pre></details># heading\n\n| a | b |")]
    [InlineData("![x](https://evil.example/pixel.png) [y](javascript:z)")]
    [InlineData("www.evil.example https://evil.example @everyone #1 `code`")]
    [InlineData("\u202Egnp.exe\u2066 \u200b\u001b[2J")]
    public void Untrusted_text_stays_text(string hostile)
    {
        var summary = SummaryOf(hostile);

        var outsideOfPre = Pre().Replace(summary, "");
        Assert.DoesNotMatch("<(?!/?(code|details|summary|sub|pre)>)", summary);
        Assert.DoesNotContain("![", outsideOfPre, StringComparison.Ordinal);
        Assert.DoesNotContain("](", outsideOfPre, StringComparison.Ordinal);
        Assert.DoesNotContain("www.", outsideOfPre, StringComparison.Ordinal);
        Assert.DoesNotContain("://", outsideOfPre, StringComparison.Ordinal);
        Assert.DoesNotContain("@", outsideOfPre, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "\n#",
            outsideOfPre.Replace("\n## ", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(summary, c => c is '\u202E' or '\u2066' or '\u001b');
    }

    [Fact]
    public void A_table_row_keeps_its_cells_whatever_a_file_is_called()
    {
        var row = SummaryOf("a|b\\|c\nd")
            .Split('\n')
            .Single(line => line.Contains("| modified |", StringComparison.Ordinal));

        Assert.Equal(5, row.Count(c => c == '|'));
    }

    private static string SummaryOf(string hostile)
    {
        var task = RunRecord.Read(SampleRun.FixtureDirectory()).Tasks[0];
        var end = task.Ended with
        {
            Result = hostile,
            Message = hostile,
            Checks = [new(hostile, 1, "fail", 1, 1)],
            PermissionDenials =
            [
                task.Ended.PermissionDenials[0] with
                {
                    ToolName = hostile,
                    RuleId = hostile,
                    Reason = hostile,
                },
            ],
            Changes = new ChangeSummary(1, 1, 1, 1, [new(hostile, hostile)]),
        };
        RunEvent[] events =
        [
            task.Started! with
            {
                Name = hostile,
                Model = hostile,
            },
            new CheckRan(hostile, 1, hostile, 1, "fail", 1, "", hostile),
            new FileChanged(hostile, "modified", 1, 1),
            new Warned(hostile),
            end,
        ];
        var lines = events.Select(e => new TranscriptLine(task.Lines.First().Envelope, e, ""));
        var run = new RunRecord("r", [new TaskRecord("t", [.. lines], null)]);
        return System.Text.Encoding.UTF8.GetString(new SummaryWriter().Write(run).Single().Bytes());
    }

    [GeneratedRegex("<pre>[^<]*</pre>")]
    private static partial Regex Pre();
}
