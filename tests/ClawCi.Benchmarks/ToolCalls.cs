using System.Text.Json;

namespace ClawCi.Benchmarks;

/// <summary>One bash call over the attached stream, against <c>docker exec</c> of the same command.</summary>
internal static class ToolCalls
{
    public static async Task<bool> RunAsync(Bench bench)
    {
        await using var task = await bench.PrepareAsync(bench.Checkout(100), "calls");
        await using var sandbox = await task.StartAgentAsync(CancellationToken.None);
        var input = JsonElement.Parse("""{"command":"true"}""");
        var calls = new List<double>();
        for (var i = 0; i < 220; i++)
        {
            var time = await Bench.TimeAsync(() => sandbox.CallAsync("bash", input, null, CancellationToken.None));
            calls.Add(time.TotalMilliseconds);
        }
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
        var call = Bench.Median(calls.Skip(20));
        var exec = Bench.Median(execs);
        Console.WriteLine($"     docker exec of the same command: {exec:0.0} ms, {exec / call:0} times as long");
        return Bench.Report("tool call round trip, median of 200", call, 2, "ms")
            & Bench.Report("tool call over docker exec", call / exec, 1 / 20.0, "");
    }
}
