using System.Text.Json;
using ClawCi.Artifacts.HtmlReport;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Sessions;
using Xunit;

namespace ClawCi.Tests.Artifacts.HtmlReport;

public sealed class TimelineTests
{
    [Fact]
    public void A_wait_between_two_attempts_is_no_time_of_the_model()
    {
        var time = Of(
            10_000,
            (1_000, new ApiRetried(1, 6, 4_000, "overloaded", 529, "Overloaded")),
            (9_000, new MessageAdded(Role.Assistant, [], 1, DurationMs: 9_000))
        );

        Assert.Equal([(0, 1_000), (5_000, 9_000)], time.Model.Stretches);
        Assert.Equal((5_000, 4_000), (time.Model.Ms, time.Waiting.Ms));
    }

    [Fact]
    public void Calls_that_ran_at_the_same_time_count_once()
    {
        var time = Of(
            10_000,
            (4_000, new ToolAnswered("1", "bash", false, 0, 3_000, 0, false)),
            (5_000, new ToolAnswered("2", "bash", true, 1, 3_000, 0, false))
        );

        Assert.Equal([(1_000, 5_000)], time.Tools.Stretches);
        Assert.Equal(4_000, time.Tools.Ms);
        Assert.Equal((2, 1, 6_000), time.ByTool.Select(tool => (tool.Calls, tool.Failed, tool.Ms)).Single());
    }

    [Fact]
    public void However_many_events_there_are_the_drawing_has_no_more_parts_than_it_is_wide()
    {
        var events = Enumerable
            .Range(1, 50_000)
            .Select(i => (i * 20, (RunEvent)new ToolAnswered($"{i}", $"tool{i}", false, 0, 1, 0, false)))
            .SelectMany(tool =>
                new[]
                {
                    tool,
                    (tool.Item1, new UsageAdded("m", new Usage(), 0, new Usage(), tool.Item1)),
                    (tool.Item1, new ToolCalled($"{tool.Item1}", "bash", JsonElement.Parse("{}"), 1)),
                }
            );

        var time = Of(1_000_000, [.. events]);

        Assert.InRange(time.Tools.Stretches.Count, 1, 800);
        Assert.InRange(time.Cost.Points.Count, 1, 801);
        Assert.InRange(time.ByTool.Count(), 1, 21);
        Assert.Equal(50_000, time.Tools.Count);
        Assert.Equal(5, time.Longest.Count());
    }

    private static Timeline Of(long total, params (int At, RunEvent Event)[] events)
    {
        var time = new Timeline(total, resolution: 800);
        foreach (var (at, what) in events)
            time.Add(new TranscriptLine(new("", 1, default, at, "", "", 1, "", ""), what, ""));
        return time;
    }
}
