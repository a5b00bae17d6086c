using Xunit;

namespace ClawCi.Docker.Tests;

/// <summary>What a model starts and does not wait for.</summary>
public sealed class BackgroundCommandTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_still_runs_when_the_conversation_ends_is_said_and_killed_before_changes_are_read()
    {
        await using var here = await Sandboxed.CreateAsync();
        await using var task = await here.PrepareAsync();
        var warnings = new Warnings();
        await using (var agent = Agents.Start(task, here, warnings))
        {
            await agent.CallAsync("bash", """{"command":"echo short","run_in_background":true}""");
            await agent.CallAsync("bash_output", """{"id":"1","wait_seconds":60}""");
            await agent.CallAsync(
                "bash",
                """{"command":"trap '' TERM; while true; do date > late; done","run_in_background":true}"""
            );
            Assert.Empty(warnings.Messages);
        }
        var warning = Assert.Single(warnings.Messages);
        Assert.Contains(
            "still running when the conversation ended, and were killed",
            warning,
            StringComparison.Ordinal
        );
        Assert.Contains("while true; do date > late; done", warning, StringComparison.Ordinal);
        using var changes = await task.ReadChangesAsync(Ct);
        Assert.Equal("late", Assert.Single(changes.Entries).DisplayPath);
    }

    [Fact]
    public async Task Nothing_is_said_when_all_have_ended()
    {
        await using var here = await Sandboxed.CreateAsync();
        await using var task = await here.PrepareAsync();
        var warnings = new Warnings();
        await using (var agent = Agents.Start(task, here, warnings))
        {
            await agent.CallAsync("bash", """{"command":"sleep 1000","run_in_background":true}""");
            var killed = await agent.CallAsync("bash_kill", """{"id":"1"}""");
            Assert.Contains("ended after", killed.Text, StringComparison.Ordinal);
        }
        Assert.Empty(warnings.Messages);
    }
}
