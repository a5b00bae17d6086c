using System.Text.Json;
using ClawCi.Sandboxes;

namespace ClawCi.Benchmarks;

/// <summary>Tool calls over the attached stream, against <c>docker exec</c> of the same command.</summary>
internal static class ToolCalls
{
    private const int Calls = 200;

    public static async Task<bool> RunAsync(Bench bench)
    {
        await using var task = await bench.PrepareAsync(bench.Checkout(100), "calls");
        await using var sandbox = await task.StartAgentAsync(CancellationToken.None);
        var read = await MedianAsync(sandbox, "read_file", """{"path":"d0/f1.txt"}""");
        var bash = await MedianAsync(sandbox, "bash", """{"command":"true"}""");
        var shell = await ShellAsync(sandbox);
        var execs = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            var time = await Bench.TimeAsync(async () =>
            {
                using var exec = Bench.Start("docker", "/", null, "exec", sandbox.ContainerId, "bash", "-c", "true");
                await exec.WaitForExitAsync();
            });
            execs.Add(time.TotalMilliseconds);
        }
        var viaExec = Bench.Median(execs);
        Console.WriteLine(
            $"     bash call {bash:0.0} ms, of which starting a bash takes {shell:0.0} ms; docker exec {viaExec:0} ms, {viaExec / bash:0} times as long"
        );
        return Bench.Report("bash call round trip", bash, 2, "ms")
            & Bench.Report("round trip of a call that starts no process", read, 2, "ms")
            & Bench.Report("bash call less the start of bash itself", bash - shell, 2, "ms")
            & Bench.Report("bash call over docker exec of the same command", bash / viaExec, 1 / 20.0, "");
    }

    private static async Task<double> MedianAsync(Sandbox sandbox, string tool, string json)
    {
        var input = JsonElement.Parse(json);
        var times = new List<double>();
        for (var i = 0; i < Calls * 2; i++)
        {
            var time = await Bench.TimeAsync(() => sandbox.CallAsync(tool, input, null, CancellationToken.None));
            times.Add(time.TotalMilliseconds);
        }
        // The first half warms up the compiler on our side.
        return Bench.Median(times.Skip(Calls));
    }

    /// <summary>What a shell in the container needs to start and wait for a bash that does nothing, in milliseconds.</summary>
    private static async Task<double> ShellAsync(Sandbox sandbox)
    {
        var command = $"for i in $(seq {Calls}); do bash -c true; done";
        var input = JsonElement.Parse($$"""{"command":"{{command}}"}""");
        var time = await Bench.TimeAsync(() => sandbox.CallAsync("bash", input, null, CancellationToken.None));
        return time.TotalMilliseconds / Calls;
    }
}
