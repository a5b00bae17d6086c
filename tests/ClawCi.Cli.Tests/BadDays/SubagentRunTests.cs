using System.Text.Json;
using Xunit;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>Conversations below a task's own meet what its own meets: hooks, compaction, a recording.</summary>
public sealed class SubagentRunTests
{
    [Fact]
    public async Task A_hook_decides_on_the_calls_of_a_subagent_and_not_on_its_end()
    {
        using var day = new BadDay()
            .Task("subagents: {}")
            .Script(
                $"tool-uses: [{Agent("part one")}]",
                $"for-prompt: part one, {BadDay.Bash("echo two > a.txt; echo three > b.txt")}",
                $"for-prompt: part one, expect: {{ tool-result-contains: no b }}, {BadDay.Bash("echo two > a.txt")}",
                "for-prompt: part one, text: One is done.",
                "expect: { tool-result-contains: One is done. }, text: Done."
            );
        var settings = Path.Combine(day.Root, "settings.yaml");
        await File.WriteAllTextAsync(
            settings,
            """
            version: 1
            hooks:
              - { event: pre-tool-use, matcher: Bash, run: 'if grep -q b.txt; then echo no b >&2; exit 2; fi' }
              - { event: stop, run: 'echo stop >> stops' }
            """,
            Now
        );

        await (await day.RunAsync($"--settings={settings}")).IsAsync(0, "success");

        Assert.Equal("two\n", await File.ReadAllTextAsync(day.At("a.txt"), Now));
        Assert.False(File.Exists(day.At("b.txt")));
        Assert.Equal("stop\n", await File.ReadAllTextAsync(Path.Combine(day.Root, "stops"), Now));
    }

    [Fact]
    public async Task A_long_conversation_below_is_compacted_and_the_one_above_is_not()
    {
        using var day = new BadDay()
            .Task("subagents: {}\ncompaction: { threshold-tokens: 20000 }")
            .Script([
                $"tool-uses: [{Agent("part one")}]",
                .. Enumerable
                    .Range(1, 5)
                    .Select(turn => $"for-prompt: part one, {Long(turn, turn == 5 ? 21_000 : 9_000)}"),
                "for-prompt: part one, expect: { last-message-contains: 'nears the limit of your context' }, text: \"## Done\\nfive lines\"",
                "for-prompt: part one, text: One is done.",
                "expect: { tool-result-contains: One is done. }, text: Done.",
            ]);

        await (await day.RunAsync()).IsAsync(0, "success");

        var compacted = Assert.Single(Of(day, "compacted"));
        Assert.Equal("general-1", compacted.GetProperty("agent_id").GetString());
        Assert.Equal("one\n1\n2\n3\n4\n5\n", await File.ReadAllTextAsync(day.At("a.txt"), Now));
    }

    [Fact]
    public async Task A_recorded_run_with_subagents_runs_again()
    {
        using var day = new BadDay()
            .Task("subagents: { max: 2 }\napply: never")
            .Script(
                $"tool-uses: [{Agent("part one")}, {Agent("part two")}]",
                $"for-prompt: part one, {BadDay.Bash("sleep 0.3; echo one > one")}",
                "for-prompt: part one, text: One is done.",
                $"for-prompt: part two, {BadDay.Bash("cat one; echo two > two")}",
                "for-prompt: part two, text: Two is done.",
                "text: Done."
            );
        await (await day.RunAsync("--record")).IsAsync(0, "success");
        File.Delete(Path.Combine(day.Root, "script.yaml"));

        var again = await ClawCiProgram.RunAsync("/", ["replay", day.Out], environment: day.Environment);

        Assert.True(again.ExitCode == 0, again.Error);
        Assert.Equal(
            await day.PatchAsync(),
            await File.ReadAllTextAsync(Path.Combine(day.Out, "replay/tasks/bad-day/changes.patch"), Now)
        );
        Assert.Equal(2, Of(day, "subagent").Count());
    }

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private static string Agent(string part) => $"{{ name: agent, input: {{ description: {part}, prompt: {part} }} }}";

    /// <summary>A reply that adds a line, and much to the context.</summary>
    private static string Long(int turn, int tokens) =>
        $"text: 'Step {turn}. {new string('w', 3_000)}', usage: {{ input-tokens: {tokens}, output-tokens: 100 }}, "
        + BadDay.Bash($"echo {turn} >> a.txt");

    private static IEnumerable<JsonElement> Of(BadDay day, string type) =>
        Ending.ReadTranscript(day.Transcript).Where(line => line.GetProperty("type").GetString() == type);
}
