using System.Text.Json;
using Xunit;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>A task that outgrows what its model may hold, in a real container.</summary>
public sealed class CompactionTests
{
    private const string Question = "This conversation nears the limit of your context";

    [Fact]
    public async Task A_task_of_fifteen_turns_that_is_compacted_three_times_finishes_and_leaves_a_session()
    {
        using var day = new BadDay();
        day.Task(
                "compaction: { threshold-tokens: 20000 }\nverify: { checks: [{ id: lines, run: test $(wc -l < a.txt) = 16 }] }"
            )
            .Script([.. Replies()]);

        await (await day.RunAsync()).IsAsync(0, "success");

        var compacted = File.ReadLines(day.Transcript)
            .Select(line => JsonElement.Parse(line))
            .Where(line => line.GetProperty("type").GetString() == "compacted")
            .ToList();
        Assert.Equal(3, compacted.Count);
        Assert.All(compacted, each => Assert.True(each.GetProperty("replaced").GetProperty("by_model").GetBoolean()));
        var session = JsonElement.Parse(
            await File.ReadAllTextAsync(
                Path.Combine(day.TaskDirectory, "session.json"),
                TestContext.Current.CancellationToken
            )
        );
        Assert.Equal("decision 2", Assert.Single(session.GetProperty("decisions").EnumerateArray()).GetString());
    }

    /// <summary>Every fifth reply fills the context; the request after it asks for a summary.</summary>
    private static IEnumerable<string> Replies()
    {
        for (var turn = 1; turn <= 15; turn++)
        {
            var tokens = turn % 5 == 0 ? 21_000 : 9_000;
            yield return $"text: 'Step {turn}. {new string('w', 3_000)}', usage: {{ input-tokens: {tokens}, output-tokens: 100 }}, "
                + $"tool-uses: [{{ name: bash, input: {{ command: 'echo {turn} >> a.txt' }} }}]";
            if (turn % 5 == 0)
                yield return $"expect: {{ last-message-contains: '{Question}' }}, text: \"## Decisions\\n- decision {(turn / 5) - 1}\\n## Done\\nlines\"";
        }
        yield return "text: Done.";
    }
}
