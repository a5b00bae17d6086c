using System.Text.Json;
using ClawCi.Sandboxes;

namespace ClawCi.Benchmarks;

/// <summary>Tool calls over the attached stream, against <c>docker exec</c> of the same command.</summary>
internal static class ToolCalls
{
    private const int Calls = 200;
    private const string True = """{"command":"true"}""";

    /// <summary>Less than any model takes to answer: what a conversation sees between two of its calls.</summary>
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(20);

    public static async Task<bool> RunAsync(Bench bench)
    {
        await using var task = await bench.PrepareAsync(bench.Checkout(100), "calls");
        await using var sandbox = await task.StartAgentAsync(CancellationToken.None);
        var read = await MedianAsync(sandbox, "read_file", """{"path":"d0/f1.txt"}""", TimeSpan.Zero);
        var inARow = await MedianAsync(sandbox, "bash", True, TimeSpan.Zero);
        var spaced = await MedianAsync(sandbox, "bash", True, Turn);
        var program = await MedianAsync(sandbox, "bash", """{"command":"/bin/true"}""", Turn);
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
            $"     starting a bash in the container takes {shell:0.0} ms, docker exec {viaExec:0} ms: {viaExec / spaced:0} times a bash call; "
                + $"a bash call that runs a program {program:0.0} ms"
        );
        return Bench.Report($"bash call, a turn of {Turn.TotalMilliseconds} ms between two", spaced, 2, "ms")
            & Bench.Report("bash call, one right after the other", inARow, 2 + shell, "ms")
            & Bench.Report("call that starts no process", read, 2, "ms")
            & Bench.Report("bash call, one right after the other, over docker exec", inARow / viaExec, 1 / 20.0, "");
    }

    private static async Task<double> MedianAsync(Sandbox sandbox, string tool, string json, TimeSpan between)
    {
        var input = JsonElement.Parse(json);
        var times = new List<double>();
        for (var i = 0; i < Calls * 2; i++)
        {
            // The first half warms up the compiler on our side.
            if (i >= Calls && between > TimeSpan.Zero)
                await Task.Delay(between);
            var time = await Bench.TimeAsync(() => sandbox.CallAsync(tool, input, null, CancellationToken.None));
            times.Add(time.TotalMilliseconds);
        }
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
