using System.Net;
using System.Net.Sockets;
using ClawCi.Docker.Tests.Verification;
using ClawCi.Events;
using Xunit;

namespace ClawCi.Docker.Tests;

/// <summary>The runner's own tools in a whole run.</summary>
public sealed class RunnerToolTests
{
    private const string Offered =
        "expect: { tools: [bash, bash_output, bash_kill, read_file, write_file, edit_file, glob_search, grep_search, todo_write, report_outcome] }";

    [Fact]
    public async Task A_list_that_is_left_open_is_in_the_result_and_changes_no_outcome()
    {
        using var run = new EngineRun();
        var ended = await run.RunAsync(
            "apply: never",
            [
                $"{Offered}, tool-uses: [{{ name: todo_write, input: {{ todos: [{{ content: mend a, status: in_progress }}, {{ content: say so, status: pending }}] }} }}]",
                EngineRun.Bash("echo two > a.txt"),
                "tool-uses: [{ name: todo_write, input: { todos: [{ content: mend a, status: completed }, { content: say so, status: pending }] } }]",
                "text: All good.",
            ],
            policy: "mode: workspace-write"
        );

        Assert.Equal(0, ended.ExitCode);
        Assert.Equal(["say so"], ended.OpenTodos);
        Assert.Equal([0, 1], run.Events.OfType<TodosWritten>().Select(written => written.Done));
    }

    [Fact]
    public async Task Web_fetch_reaches_no_address_that_the_sandbox_would_not_reach()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var run = new EngineRun();
        var ended = await run.RunAsync(
            "expect-changes: false",
            [
                Offered.Replace("todo_write", "todo_write, web_fetch", StringComparison.Ordinal)
                    + $", tool-uses: [{{ name: web_fetch, input: {{ url: 'http://localhost:{port}/' }} }}]",
                "expect: { tool-result-is-error: true, tool-result-contains: leads to an address that no sandbox may reach }, text: It cannot be.",
            ],
            policy: "rules: [{ allow: web_fetch }]",
            sandbox: $", network: {{ allow: ['localhost:{port}'] }}"
        );

        Assert.True(ended.ExitCode == 0, ended.Message);
        Assert.False(listener.Pending());
        var use = Assert.Single(run.Events.OfType<NetworkUsed>());
        Assert.Equal(("web_fetch", "localhost", "deny", "address"), (use.Purpose, use.Host, use.Decision, use.Rule));
    }

    [Fact]
    public async Task Web_fetch_is_not_offered_where_nothing_can_be_reached()
    {
        using var run = new EngineRun();
        var ended = await run.RunAsync(
            "expect-changes: false",
            [$"{Offered}, text: Nothing to do."],
            policy: "rules: [{ allow: web_fetch }]"
        );

        Assert.True(ended.ExitCode == 0, ended.Message);
    }
}
