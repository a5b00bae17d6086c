using System.Diagnostics;

namespace ClawCi.Benchmarks;

/// <summary>How long all reports of a run take the built program, and its peak of memory: of a thousand turns, and of a hundred thousand events.</summary>
internal static class Reports
{
    private const int Turns = 1_000;
    private const int Events = 100_000;

    public static async Task<bool> RunAsync(Bench bench)
    {
        var thousand = Path.Combine(bench.Directory, "thousand");
        LongRun.Write(Path.Combine(thousand, "tasks/move-logging"), Turns, outputLines: 100);
        var (seconds, _) = await ReportAsync(thousand);
        var size = new FileInfo(Path.Combine(thousand, "report.html")).Length;

        var huge = Path.Combine(bench.Directory, "huge");
        LongRun.Write(Path.Combine(huge, "tasks/move-logging"), Events / LongRun.LinesOfATurn, outputLines: 40);
        var transcript = new FileInfo(Path.Combine(huge, "tasks/move-logging/transcript.jsonl")).Length;
        var (hugeSeconds, peak) = await ReportAsync(huge);
        Console.WriteLine($"     a transcript of {Events:#,0} events has {transcript / 1e6:0} MB");
        return Bench.Report($"reports of {Turns:#,0} turns", seconds, 2, "s")
            & Bench.Report($"report.html of {Turns:#,0} turns", size / 1e6, 5, "MB")
            & Bench.Report($"reports of {Events:#,0} events", hugeSeconds, 5, "s")
            & Bench.Report($"peak memory for reports of {Events:#,0} events", peak, 300, "MiB");
    }

    /// <returns>Seconds, the median of three, and the highest peak in MiB.</returns>
    private static async Task<(double Seconds, double Peak)> ReportAsync(string directory)
    {
        var times = new List<double>();
        var peak = 0.0;
        for (var i = 0; i < 3; i++)
        {
            var started = Stopwatch.GetTimestamp();
            using var report = Bench.Start(Bench.Program, directory, null, "report", directory);
            peak = Math.Max(peak, await Bench.PeakAsync(report));
            times.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            if (report.ExitCode != 0)
                throw new InvalidOperationException(await report.StandardError.ReadToEndAsync());
        }
        return (Bench.Median(times), peak);
    }
}
