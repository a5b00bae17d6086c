using System.Net;

namespace ClawCi.Benchmarks;

/// <summary>What sending traces and metrics to a collector that answers costs a run of fifty turns, over the same run without.</summary>
internal static class TelemetryCost
{
    private const int Turns = 50;
    private const int Runs = 6;
    private const string Collector = "http://127.0.0.1:4318";

    public static async Task<bool> RunAsync(Bench bench)
    {
        using var stop = new CancellationTokenSource();
        var answering = AnswerAsync(stop.Token);
        var counting = await CountingRun.PrepareAsync(bench, Turns);
        var (without, with) = (new List<double>(), new List<double>());
        var peak = 0.0;
        for (var i = 0; i < Runs; i++)
        {
            without.Add((await counting.RunAsync()).Seconds);
            var run = await counting.RunAsync(new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Collector });
            with.Add(run.Seconds);
            peak = Math.Max(peak, run.Peak);
        }
        await stop.CancelAsync();
        var requests = await answering;
        if (requests < 2 * Runs)
            throw new InvalidOperationException($"the collector was asked {requests} times");
        var (off, on) = (Bench.Median(without.Skip(1)), Bench.Median(with.Skip(1)));
        Console.WriteLine($"     {Turns} turns: {off:0.00} s without, {on:0.00} s with telemetry, and {peak:0} MiB");
        return Bench.Report("a run with telemetry over one without", on / off, 1.25, "times");
    }

    /// <returns>How many requests there were.</returns>
    private static async Task<int> AnswerAsync(CancellationToken stop)
    {
        using var collector = new HttpListener();
        collector.Prefixes.Add($"{Collector}/");
        collector.Start();
        for (var requests = 0; ; requests++)
        {
            try
            {
                var request = await collector.GetContextAsync().WaitAsync(stop);
                await request.Request.InputStream.CopyToAsync(Stream.Null, stop);
                request.Response.Close();
            }
            catch (OperationCanceledException)
            {
                return requests;
            }
        }
    }
}
