using ClawCi.Events;
using ClawCi.Mcp;
using ClawCi.Sandboxes.Egress;
using Xunit;

namespace ClawCi.Docker.Tests.Mcp;

/// <summary>Servers in the sandbox: what they get, what they may see, and what becomes of them.</summary>
public sealed class SandboxedServerTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_answers_beside_the_agent_and_is_asked_for_nothing_else()
    {
        await using var run = await McpRun.StartAsync([McpRun.Server("good", "tracker")]);
        Assert.Equal("", await run.ReadyAsync());
        var ready = Assert.Single(run.ServerEvents);
        Assert.Equal(("tracker", "ready"), (ready.Server, ready.State));
        Assert.Contains("mcp__tracker__echo", run.Tools.Names);

        Assert.Equal("ein Wort", (await run.CallAsync("mcp__tracker__echo", """{"text":"ein Wort"}""")).Text);
        Assert.Equal("server.py", (await run.CallAsync("mcp__tracker__files", """{"path":"/workspace"}""")).Text);
        Assert.Equal("""{"answer":42}""", (await run.CallAsync("mcp__tracker__facts")).Text);
        Assert.True((await run.CallAsync("mcp__tracker__fail")).IsError);
        var image = Assert.Single((await run.CallAsync("mcp__tracker__image")).Media);
        Assert.Equal(("image/png", "iVBORw0KGgo="), (image.MediaType, image.Data));
        var much = await run.CallAsync("mcp__tracker__long");
        Assert.True(much.Truncated);
        Assert.InRange(much.Text.Length, 20_000, 40_000);
        Assert.Contains("bytes left out", much.Text, StringComparison.Ordinal);
        Assert.Equal("refused refused refused", (await run.CallAsync("mcp__tracker__ask")).Text);

        await run.Agent.CallAsync("bash", """{"command":"echo made > by-agent"}""");
        Assert.Equal(
            "by-agent server.py",
            (await run.CallAsync("mcp__tracker__files", """{"path":"/workspace"}""")).Text
        );
    }

    [Fact]
    public async Task What_a_server_has_to_read_and_its_prompts_are_tools_of_it()
    {
        await using var run = await McpRun.StartAsync([
            McpRun.Server("library"),
            McpRun.Server("library", "quiet") with
            {
                Tools = ["echo"],
            },
            McpRun.Server("good", "plain"),
        ]);
        await run.ReadyAsync();
        Assert.Equal(
            ["mcp__library__resources", "mcp__library__prompts"],
            run.Tools.Names.Where(name =>
                name.EndsWith("resources", StringComparison.Ordinal)
                || name.EndsWith("prompts", StringComparison.Ordinal)
            )
        );
        Assert.Equal("notes://1  One: The first.\n", (await run.CallAsync("mcp__library__resources")).Text);
        var read = await run.CallAsync("mcp__library__resources", """{"uri":"notes://1"}""");
        Assert.StartsWith("[resource notes://1]\nWhat is written there.", read.Text, StringComparison.Ordinal);
        Assert.True(read.Truncated);
        Assert.Equal("greet(whom, how?)\n", (await run.CallAsync("mcp__library__prompts")).Text);
        Assert.Equal(
            "[user]\nGreet Ada!",
            (await run.CallAsync("mcp__library__prompts", """{"name":"greet","arguments":{"whom":"Ada"}}""")).Text
        );
    }

    [Fact]
    public async Task A_server_that_ends_is_started_again_once_and_no_call_is_made_twice()
    {
        await using var run = await McpRun.StartAsync([McpRun.Server("good", "tracker")]);
        await run.ReadyAsync();
        var died = await run.CallAsync("mcp__tracker__die");
        Assert.True(died.IsError);
        Assert.Contains("may or may not have been carried out", died.Text, StringComparison.Ordinal);
        Assert.Contains("the last of it", died.Text, StringComparison.Ordinal);
        Assert.Equal("again", (await run.CallAsync("mcp__tracker__echo", """{"text":"again"}""")).Text);
        await run.CallAsync("mcp__tracker__die");
        var gone = await run.CallAsync("mcp__tracker__echo", """{"text":"again"}""");
        Assert.True(gone.IsError);
        Assert.Contains("The MCP server tracker cannot be used: it ended again", gone.Text, StringComparison.Ordinal);
        Assert.Equal(["ready", "restarted", "lost"], run.ServerEvents.Select(happened => happened.State));
    }

    [Fact]
    public async Task A_required_server_that_is_gone_for_good_ends_the_task()
    {
        await using var run = await McpRun.StartAsync([McpRun.Server("once") with { Required = true }]);
        await run.ReadyAsync();
        await run.CallAsync("mcp__once__die");
        var lost = await Assert.ThrowsAsync<McpServerLostException>(() =>
            run.CallAsync("mcp__once__echo", """{"text":"x"}""")
        );
        Assert.StartsWith("The MCP server once is gone, and it is required", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tools_that_a_server_gets_on_the_way_are_offered()
    {
        await using var run = await McpRun.StartAsync([McpRun.Server("good", "tracker")]);
        await run.ReadyAsync();
        Assert.DoesNotContain("mcp__tracker__grown", run.Tools.Names);
        await run.CallAsync("mcp__tracker__grow");
        while (!run.ServerEvents.Any(happened => happened.State == "tools-changed"))
            await Task.Delay(20, Ct);
        Assert.Contains("mcp__tracker__grown", run.Tools.Names);
    }

    /// <summary>The attack is the agent's: everything that a command of its user can read of other processes.</summary>
    [Fact]
    public async Task The_secret_of_a_server_is_in_its_own_container_and_nothing_of_the_agents_finds_it()
    {
        const string Canary = "canary-6b1f0d5e";
        await using var run = await McpRun.StartAsync(
            [McpRun.Server("good", "tracker") with { Secrets = ["TOKEN"] }, McpRun.Server("good", "plain")],
            Canary
        );
        Assert.Equal("", await run.ReadyAsync());
        Assert.Equal(Canary, (await run.CallAsync("mcp__tracker__variable", """{"name":"TOKEN"}""")).Text);
        Assert.Equal("not set", (await run.CallAsync("mcp__plain__variable", """{"name":"TOKEN"}""")).Text);
        var attack = await run.Agent.CallAsync(
            "bash",
            """{"command":"cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n'; ls /proc/[0-9]*/cwd -d; grep -rs canary- /tmp /home /run /workspace | head -c 4000"}"""
        );
        Assert.Contains("server.py", attack.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("canary-6", attack.Text, StringComparison.Ordinal);
        var inspected = await Shell.OutputAsync(
            "sh",
            "-c",
            "docker ps -q --filter label=claw-ci.run=test-run | xargs docker inspect"
        );
        Assert.Contains("claw-toolserver", inspected, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, inspected, StringComparison.Ordinal);
        // It sees what the agent began with, and can put nothing where the agent reads.
        await run.Agent.CallAsync("bash", """{"command":"echo made > by-agent"}""");
        Assert.Equal("server.py", (await run.CallAsync("mcp__tracker__files", """{"path":"/workspace"}""")).Text);
    }

    [Fact]
    public async Task A_server_has_a_network_when_it_is_given_one_and_the_agent_beside_has_none()
    {
        var rules = HostRuleReader.Read("api.example.com", out _)!;
        await using var run = await McpRun.StartAsync([
            McpRun.Server("good", "wide") with
            {
                Network = new NetworkAccess(rules, []),
            },
            McpRun.Server("good", "narrow"),
        ]);
        await run.ReadyAsync();
        Assert.StartsWith(
            "http://127.0.0.1:",
            (await run.CallAsync("mcp__wide__reach")).Text,
            StringComparison.Ordinal
        );
        Assert.Equal("no proxy", (await run.CallAsync("mcp__narrow__reach")).Text);
        var agent = await run.Agent.CallAsync("bash", """{"command":"echo proxy: $HTTPS_PROXY"}""");
        Assert.Equal("proxy:", agent.Text.Trim());
    }
}
