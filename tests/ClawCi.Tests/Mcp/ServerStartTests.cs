using ClawCi.Mcp;
using ClawCi.Permissions;
using ClawCi.Tools;
using Xunit;

namespace ClawCi.Tests.Mcp;

/// <summary>How servers start together.</summary>
public sealed class ServerStartTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_starts_are_begun_before_any_has_ended()
    {
        const int Count = 10;
        var begun = 0;
        var all = new TaskCompletionSource();
        await using var servers = Servers(
            [.. Enumerable.Range(0, Count).Select(i => new McpServerSpec($"s{i}", Required: false, "task.yaml:1"))],
            async (_, ct) =>
            {
                if (Interlocked.Increment(ref begun) == Count)
                    all.SetResult();
                await all.Task.WaitAsync(ct);
                throw new IOException("it has begun with all others");
            }
        );
        await servers.ReadyAsync("", Ct);
        Assert.Equal(Count, begun);
    }

    [Fact]
    public async Task Nobody_waits_for_others_when_one_that_is_required_has_failed()
    {
        var slow = new McpServerSpec("slow", Required: false, "task.yaml:1") { StartTimeout = TimeSpan.FromHours(1) };
        await using var servers = Servers(
            [slow, new McpServerSpec("needed", Required: true, "task.yaml:2")],
            async (spec, ct) =>
            {
                if (spec.Name == "slow")
                    await Task.Delay(Timeout.Infinite, ct);
                throw new IOException("there is no such program");
            }
        );
        var lost = await Assert.ThrowsAsync<McpServerLostException>(() =>
            servers.ReadyAsync("", Ct).WaitAsync(TimeSpan.FromMinutes(1), Ct)
        );
        Assert.Contains("needed cannot be used", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_required_tool_that_no_server_offers_ends_the_task()
    {
        var policy = new PermissionPolicy(
            PermissionMode.WorkspaceWrite,
            "built-in",
            [],
            ["edit_file", "mcp__far__nothing"],
            "/workspace"
        );
        await using var servers = Servers([], (_, _) => throw new IOException(), policy);
        var lost = await Assert.ThrowsAsync<McpServerLostException>(() => servers.ReadyAsync("", Ct));
        Assert.Contains("mcp__far__nothing", lost.Message, StringComparison.Ordinal);
    }

    private static McpServers Servers(
        IReadOnlyList<McpServerSpec> specs,
        Func<McpServerSpec, CancellationToken, Task<IMcpLink>> open,
        PermissionPolicy? policy = null
    ) =>
        new(
            specs,
            open,
            new ToolSet(
                [],
                policy ?? new PermissionPolicy(PermissionMode.WorkspaceWrite, "built-in", [], [], "/workspace")
            ),
            new RecordingObserver(),
            TimeProvider.System
        );
}
