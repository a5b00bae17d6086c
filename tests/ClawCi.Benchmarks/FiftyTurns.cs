namespace ClawCi.Benchmarks;

/// <summary>A whole run of fifty turns with one bash call each, against one container start; and the runner's peak memory.</summary>
internal static class FiftyTurns
{
    private const int Turns = 50;

    public static async Task<bool> RunAsync(Bench bench)
    {
        var counting = await CountingRun.PrepareAsync(bench, Turns);
        var runs = new List<(double Seconds, double Peak)>();
        for (var i = 0; i < 4; i++)
            runs.Add(await counting.RunAsync());
        var starts = new List<double>();
        await using (var sandbox = await bench.PrepareAsync(counting.Workspace, "starts"))
        {
            for (var i = 0; i < 5; i++)
            {
                starts.Add(
                    (
                        await Bench.TimeAsync(async () => await (await sandbox.StartAgentAsync(default)).DisposeAsync())
                    ).TotalSeconds
                );
            }
        }
        var run = Bench.Median(runs.Skip(1).Select(run => run.Seconds));
        var start = Bench.Median(starts);
        Console.WriteLine($"     one container, start to gone: {start:0.00} s; the whole run: {run:0.00} s");
        return Bench.Report("50 turns with a bash call each, less one container", run - start, 1.2, "s")
            & Bench.Report("peak memory of the runner", runs.Max(run => run.Peak), 80, "MiB");
    }
}
