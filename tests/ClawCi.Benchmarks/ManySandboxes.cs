using System.Diagnostics;
using System.Text.Json;
using ClawCi.Sandboxes;

namespace ClawCi.Benchmarks;

/// <summary>Sixteen sandboxes at once, a tool call a second in each.</summary>
internal static class ManySandboxes
{
    private const int Sandboxes = 16;
    private const int Calls = 8;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly JsonElement Input = JsonElement.Parse("""{"command":"true"}""");

    public static async Task<bool> RunAsync(Bench bench)
    {
        var checkout = bench.Checkout(100);
        var tasks = await Task.WhenAll(
            Enumerable.Range(0, Sandboxes).Select(i => bench.PrepareAsync(checkout, $"many-{i}"))
        );
        List<Sandbox> sandboxes = [];
        try
        {
            var started = Stopwatch.GetTimestamp();
            sandboxes.AddRange(await Task.WhenAll(tasks.Select(task => task.StartAgentAsync(CancellationToken.None))));
            var start = Stopwatch.GetElapsedTime(started);
            // Each begins at another moment of the second, as conversations do.
            var times = await Task.WhenAll(
                sandboxes.Select((sandbox, i) => CallAsync(sandbox, Period * i / Sandboxes))
            );
            var all = times.SelectMany(own => own).ToList();
            Console.WriteLine(
                $"     {Sandboxes} sandboxes up in {start.TotalSeconds:0.0} s, {all.Count} calls, the slowest {all.Max():0.0} ms"
            );
            return Bench.Report($"bash call, median over {Sandboxes} sandboxes at once", Bench.Median(all), 10, "ms");
        }
        finally
        {
            await Task.WhenAll(sandboxes.Select(sandbox => sandbox.DisposeAsync().AsTask()));
            await Task.WhenAll(tasks.Select(task => task.DisposeAsync().AsTask()));
        }
    }

    private static async Task<List<double>> CallAsync(Sandbox sandbox, TimeSpan offset)
    {
        var times = new List<double>();
        await Task.Delay(offset);
        for (var i = 0; i < Calls; i++)
        {
            var time = await Bench.TimeAsync(async () =>
            {
                var answer = await sandbox.CallAsync("bash", Input, null, CancellationToken.None);
                if (answer.ExitCode != 0)
                    throw new InvalidOperationException($"a call failed: {answer.Text}");
            });
            times.Add(time.TotalMilliseconds);
            await Task.Delay(Period);
        }
        // The first warms up the compiler on our side.
        return times[1..];
    }
}
