using ClawCi.Events;
using ClawCi.Mcp;
using ClawCi.Permissions;
using ClawCi.Sandboxes;
using ClawCi.Tools;

namespace ClawCi.Benchmarks;

/// <summary>Ten MCP servers beside an agent, each slow to start, against one of them: they start in the time of the slowest.</summary>
internal static class McpStarts
{
    private const int Servers = 10;
    private const int Times = 3;

    public static async Task<bool> RunAsync(Bench bench)
    {
        var checkout = bench.Checkout(100);
        File.Copy(
            Path.Combine(Bench.Repository, "tests/Fixtures/mcp/server.py"),
            Path.Combine(checkout, "server.py"),
            true
        );
        await using var task = await bench.PrepareAsync(checkout, "mcp");
        await using var agent = await task.StartAgentAsync(CancellationToken.None);
        List<double> one = [],
            ten = [];
        for (var i = 0; i < Times; i++)
        {
            one.Add(await StartAsync(task, 1));
            ten.Add(await StartAsync(task, Servers));
        }
        Console.WriteLine($"     one server {Bench.Median(one):0} ms, {Servers} of them {Bench.Median(ten):0} ms");
        return Bench.Report(
            $"start of {Servers} MCP servers against one",
            Bench.Median(ten) / Bench.Median(one),
            1.5,
            "times"
        );
    }

    private static async Task<double> StartAsync(TaskSandbox task, int count)
    {
        var tools = new ToolSet([], new PermissionPolicy(PermissionMode.WorkspaceWrite, "", [], [], "/workspace"));
        var specs = Enumerable
            .Range(0, count)
            .Select(i => new McpServerSpec($"s{i}", Required: true, "bench"))
            .ToList();
        var time = await Bench.TimeAsync(async () =>
        {
            var servers = new McpServers(
                specs,
                (_, ct) => OpenAsync(task, ct),
                tools,
                new Observers(),
                TimeProvider.System
            );
            await using (servers)
                await servers.ReadyAsync("", CancellationToken.None);
        });
        return time.TotalMilliseconds;
    }

    private static async Task<IMcpLink> OpenAsync(TaskSandbox task, CancellationToken ct)
    {
        string[] command = ["sh", "-c", "sleep 1; exec python3 server.py good"];
        var program = await task.StartProgramAsync(new ProgramSpec(command, new Dictionary<string, string>()), ct);
        return new StreamLink(program.Stream, () => program.Errors, program, TimeProvider.System);
    }
}
