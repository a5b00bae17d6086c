using System.Collections.Concurrent;
using ClawCi.Events;
using ClawCi.Mcp;
using ClawCi.Permissions;
using ClawCi.Runs;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Egress;
using ClawCi.Sessions;
using ClawCi.Tools;
using Xunit;

namespace ClawCi.Docker.Tests.Mcp;

/// <summary>MCP servers as a task has them: beside an agent in a real container, under a policy that grants all of them.</summary>
internal sealed class McpRun : IRunObserver, IAsyncDisposable
{
    private readonly Sandboxed _here;
    private readonly ITaskSandbox _task;
    private readonly ConcurrentQueue<RunEvent> _events = [];

    private McpRun(Sandboxed here, ITaskSandbox task, IReadOnlyList<McpServerSpec> specs, string secret)
    {
        (_here, _task) = (here, task);
        Tools = new ToolSet(
            TaskTools.For((_, _) => throw new InvalidOperationException("The tests call the sandbox themselves.")),
            new PermissionPolicy(
                PermissionMode.WorkspaceWrite,
                "built-in",
                [
                    new PolicyLayer([new Rule("all", "policy.yaml", 1, RuleEffect.Allow, [ToolNames.Mcp])]).Granting(
                        true
                    ),
                ],
                [],
                "/workspace"
            )
        );
        Agent = Agents.Start(task, here, this, Tools);
        var services = new RunServices(
            "test",
            _ => Task.FromResult(here.Engine),
            here.ToolServer,
            null!,
            new SecretMasker(),
            TimeProvider.System,
            () => 0.5,
            null
        )
        {
            Secrets = new Dictionary<string, string> { ["TOKEN"] = secret },
        };
        var blobs = new OutputBlobs(new TaskDirectory(here.Temp["out"], "task"), services.Masker, this);
        Servers = TaskServers.Start(specs, task, Agent, Tools, new TaskMedia(blobs), services, this);
    }

    public AgentSandbox Agent { get; }

    public McpServers Servers { get; }

    public ToolSet Tools { get; }

    public IEnumerable<RunEvent> Events => _events;

    public IEnumerable<McpServerEvent> ServerEvents => _events.OfType<McpServerEvent>();

    /// <param name="secret">The value of <c>TOKEN</c>.</param>
    public static async Task<McpRun> StartAsync(
        IReadOnlyList<McpServerSpec> specs,
        string secret = "none",
        [System.Runtime.CompilerServices.CallerMemberName] string test = ""
    )
    {
        var here = await Sandboxed.CreateAsync(test);
        File.WriteAllText(Path.Combine(here.Checkout, "server.py"), Source);
        var egress = new EgressSettings(
            Outside.Of(_ => null),
            EgressLimits.Default,
            (_, _) => { },
            _ => { },
            TimeProvider.System
        );
        var task = await TaskSandbox.PrepareAsync(
            here.Engine,
            here.ToolServer,
            Sandboxed.Spec,
            here.Checkout,
            null,
            Sandboxed.Owner,
            TestContext.Current.CancellationToken,
            egress: egress
        );
        return new McpRun(here, task, specs, secret);
    }

    /// <summary>A server of the test's in the sandbox, which does what <paramref name="mode"/> says.</summary>
    public static McpServerSpec Server(string mode, string? name = null) =>
        new(name ?? mode, Required: false, "task.yaml:1") { Command = ["python3", "server.py", mode] };

    /// <summary>Calls a tool as the dispatcher does.</summary>
    public Task<ToolOutput> CallAsync(string tool, string input = "{}") =>
        Tools
            .Find(tool)!
            .RunAsync(new ToolCall("1", tool, Sandboxed.Json(input)), TestContext.Current.CancellationToken);

    /// <returns>What the model is told of servers that are not there.</returns>
    public async Task<string> ReadyAsync() =>
        (await Servers.ReadyAsync("", TestContext.Current.CancellationToken)).Trim();

    public void On(RunEvent runEvent) => _events.Enqueue(runEvent);

    public async ValueTask DisposeAsync()
    {
        await Servers.DisposeAsync();
        await Agent.DisposeAsync();
        await _task.DisposeAsync();
        await _here.DisposeAsync();
    }

    private static string Source { get; } =
        File.ReadAllText(Path.Combine(Repository.Root, "tests/Fixtures/mcp/server.py"));
}
