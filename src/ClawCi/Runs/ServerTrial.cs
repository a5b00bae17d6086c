using ClawCi.Events;
using ClawCi.Mcp;
using ClawCi.Runs.Planning;
using ClawCi.Sandboxes;

namespace ClawCi.Runs;

/// <summary>Starts an MCP server of a task as a run would, hears which tools it has, and leaves nothing behind.</summary>
internal sealed class ServerTrial(PlannedTask task, RunServices services) : IRunObserver
{
    /// <summary>For a runner that is killed meanwhile: what it started ends by itself.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly List<string> _warnings = [];

    /// <returns>What it has, in words; of an optional one also that it is not there.</returns>
    /// <exception cref="McpServerLostException">It is required, and cannot be used.</exception>
    /// <exception cref="SandboxException">There is no sandbox to start it in.</exception>
    public async Task<string> RunAsync(McpServerSpec spec, CancellationToken ct)
    {
        await using var sandbox = spec.RunsInSandbox ? await PrepareAsync(ct) : null;
        if (spec.RunsInSandbox && sandbox is null)
            return "is not started here, because the image is not here yet";
        await using var agent = sandbox is null || spec.IsAlone ? null : await sandbox.StartAgentAsync(ct);
        await using var server = new McpServer(
            spec with
            {
                Required = false,
            },
            token => TaskServers.OpenAsync(spec, sandbox, _ => Task.CompletedTask, services, this, token),
            () => { },
            this,
            services.Time
        );
        await server.StartAsync(ct);
        if (server.Problem is not { } problem)
            return string.Join(". ", _warnings.Prepend(Describe(server.Tools)));
        var why =
            $"{problem}{(spec.RunsInSandbox && task.Setup.Count > 0 ? " (setup steps are not run here; one of them may bring it)" : "")}";
        return spec.Required
            ? throw new McpServerLostException($"it is required, and cannot be used: {why}")
            : $"is optional, and a run goes on without it: {why}";
    }

    public void On(RunEvent runEvent)
    {
        if (runEvent is Warned warned)
            _warnings.Add(warned.Message);
    }

    /// <returns>Null when its image is not here and a run would pull it.</returns>
    private async Task<TaskSandbox?> PrepareAsync(CancellationToken ct)
    {
        try
        {
            return await TaskSandbox.PrepareAsync(
                await services.ConnectAsync(ct),
                services.ToolServer,
                task.Sandbox with
                {
                    Lifetime = Lifetime,
                    Pull = PullPolicy.Never,
                },
                task.Checkout,
                outDirectory: null,
                new SandboxOwner($"doctor-{Environment.ProcessId}", task.Id),
                ct,
                egress: TaskEgress.Of(task, services, this)
            );
        }
        catch (SandboxException e)
            when (e.Failure is SandboxFailure.ImageUnavailable && task.Sandbox.Pull is not PullPolicy.Never)
        {
            return null;
        }
    }

    private string Describe(IReadOnlyList<McpTool> tools)
    {
        string List(bool granted) =>
            string.Join(
                ", ",
                tools
                    .Where(tool => task.Policy.Hides(tool.Name) != granted)
                    .Select(tool => VisibleText.Line(tool.Name.Tool))
            );
        var (offered, others) = (List(granted: true), List(granted: false));
        return $"starts. Offered: {(offered.Length == 0 ? "nothing" : offered)}{(others.Length == 0 ? "" : $". Granted by no rule: {others}")}";
    }
}
