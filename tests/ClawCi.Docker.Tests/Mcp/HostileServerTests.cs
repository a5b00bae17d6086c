using ClawCi.Events;
using ClawCi.Mcp;
using Xunit;

namespace ClawCi.Docker.Tests.Mcp;

/// <summary>Servers that mean harm: none costs more than its timeout, and those beside it are as well as ever.</summary>
public sealed class HostileServerTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task Servers_that_do_not_start_as_they_should_cost_their_timeout_and_no_more()
    {
        string[] modes = ["exit", "noise", "flood", "silent", "drip", "wrong-id", "lies"];
        await using var run = await McpRun.StartAsync([
            .. modes.Select(mode => McpRun.Server(mode) with { StartTimeout = Short }),
            McpRun.Server("good"),
            McpRun.Server("exit", "missing") with
            {
                Command = ["no-such-program"],
            },
        ]);
        var missing = await run.ReadyAsync();
        Assert.Equal(
            "Not available in this run: the tools of the MCP servers exit, noise, flood, silent, drip, wrong-id, lies, missing. "
                + "Do without, and say so where it matters.",
            missing
        );
        var why = run.ServerEvents.Where(e => e.State == "failed").ToDictionary(e => e.Server, e => e.Message!);
        Assert.Contains("no configuration found", why["exit"], StringComparison.Ordinal);
        Assert.Contains("a message of more than 8 MiB", why["noise"], StringComparison.Ordinal);
        // Its requests are answered as long as it reads what it is answered.
        Assert.Matches("messages that nobody asked for|not ready within 3s", why["flood"]);
        Assert.Equal("it was not ready within 3s", why["silent"]);
        Assert.Equal("it was not ready within 3s", why["drip"]);
        Assert.Equal("it was not ready within 3s", why["wrong-id"]);
        Assert.Contains(
            "no-such-program: there is no such program in the image",
            why["missing"],
            StringComparison.Ordinal
        );
        Assert.Equal("well", (await run.CallAsync("mcp__good__echo", """{"text":"well"}""")).Text);
        Assert.Equal("well\n", (await run.Agent.CallAsync("bash", """{"command":"echo well"}""")).Text);
    }

    [Fact]
    public async Task What_a_server_says_of_its_tools_is_made_harmless_or_left_out()
    {
        await using var run = await McpRun.StartAsync([
            McpRun.Server("odd"),
            McpRun.Server("pages"),
            McpRun.Server("many"),
        ]);
        Assert.Equal("", await run.ReadyAsync());
        var tools = run.Tools.Definitions.Where(tool => tool.Name.StartsWith("mcp__odd", StringComparison.Ordinal));
        Assert.Equal(
            [
                "mcp__odd__bash",
                "mcp__odd__no_spaces__please_",
                "mcp__odd__no_spaces__please_",
                "mcp__odd__" + new string('x', 45),
                "mcp__odd__choice",
            ],
            tools.Select(tool =>
                tool.Name.Length == 64 ? tool.Name[..^9]
                : tool.Name.Contains("please__", StringComparison.Ordinal) ? tool.Name[..^9]
                : tool.Name
            )
        );
        Assert.All(tools, tool => Assert.Matches("^[A-Za-z0-9_-]{1,64}$", tool.Name));
        Assert.Contains(tools, tool => tool.Description == "(MCP server odd) red ⟨U+202E⟩ reversed ⟨U+E0041⟩");
        Assert.DoesNotContain(tools, tool => tool.InputSchema.TryGetProperty("anyOf", out _));
        Assert.All(tools, tool => Assert.InRange(tool.Description.Length, 0, 1100));
        Assert.Equal(
            Agents.Tools().Definitions.Count + 5 + McpLimits.MostPages + McpLimits.MostTools,
            run.Tools.Definitions.Count
        );
        var warnings = run.Events.OfType<Warned>().Select(warned => warned.Message).ToList();
        Assert.Contains(
            warnings,
            text => text.Contains("deep: its schema is nested too deeply", StringComparison.Ordinal)
        );
        Assert.Contains(
            warnings,
            text => text.Contains("huge: its schema is longer than 16 KiB", StringComparison.Ordinal)
        );
        Assert.Contains(warnings, text => text.Contains("odd-key: a property of its input", StringComparison.Ordinal));
        Assert.Contains(warnings, text => text.Contains("it has more than 128", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_call_that_hangs_or_floods_costs_its_timeout_and_no_more()
    {
        var hasty = McpRun.Server("good", "hasty") with { CallTimeout = TimeSpan.FromSeconds(1) };
        await using var run = await McpRun.StartAsync([hasty, McpRun.Server("good", "other")]);
        await run.ReadyAsync();
        var slept = await run.CallAsync("mcp__hasty__sleep");
        Assert.Equal(
            "The MCP server hasty did not answer within 1s. It may still be doing what it was asked.",
            slept.Text
        );
        // It still sleeps; the second silence in a row ends it, and the next call has another.
        Assert.True((await run.CallAsync("mcp__hasty__echo", """{"text":"x"}""")).IsError);
        Assert.Equal("x", (await run.CallAsync("mcp__hasty__echo", """{"text":"x"}""")).Text);
        var huge = await run.CallAsync("mcp__other__huge");
        Assert.Contains("a message of more than 8 MiB", huge.Text, StringComparison.Ordinal);
        Assert.Equal("x", (await run.CallAsync("mcp__other__echo", """{"text":"x"}""")).Text);
    }

    [Fact]
    public async Task A_server_that_floods_during_a_call_is_not_listened_to()
    {
        await using var run = await McpRun.StartAsync([McpRun.Server("good", "other")]);
        await run.ReadyAsync();
        var flooded = await run.CallAsync("mcp__other__flood");
        Assert.True(flooded.IsError);
        Assert.Contains("that nobody asked for", flooded.Text, StringComparison.Ordinal);
        Assert.Equal("x", (await run.CallAsync("mcp__other__echo", """{"text":"x"}""")).Text);
    }

    [Fact]
    public async Task A_server_whose_tools_are_always_others_is_asked_for_them_so_often_and_no_more()
    {
        await using var run = await McpRun.StartAsync([McpRun.Server("restless")]);
        await run.ReadyAsync();
        string lists;
        do
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
            lists = (await run.CallAsync("mcp__restless__lists")).Text;
        } while (int.Parse(lists, System.Globalization.CultureInfo.InvariantCulture) <= McpLimits.MostChanges);
        Assert.Equal($"{1 + McpLimits.MostChanges}", lists);
    }
}
