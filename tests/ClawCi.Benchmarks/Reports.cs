using System.Diagnostics;

namespace ClawCi.Benchmarks;

/// <summary>
/// How long all reports of a run take the built program, and its peak of memory: of a thousand turns, and of a hundred thousand events,
/// whose transcript is held against its format and converted as well.
/// </summary>
internal static class Reports
{
    private const int Turns = 1_000;
    private const int Events = 100_000;

    public static async Task<bool> RunAsync(Bench bench)
    {
        var thousand = Path.Combine(bench.Directory, "thousand");
        LongRun.Write(Path.Combine(thousand, "tasks/move-logging"), Turns, outputLines: 100);
        var (seconds, _) = await MeasureAsync("report", thousand);
        var size = new FileInfo(Path.Combine(thousand, "report.html")).Length;
        var kept = Bench.Report($"reports of {Turns:#,0} turns", seconds, 2, "s");
        kept &= Bench.Report($"report.html of {Turns:#,0} turns", size / 1e6, 5, "MB");

        var huge = Path.Combine(bench.Directory, "huge");
        LongRun.Write(Path.Combine(huge, "tasks/move-logging"), Events / LongRun.LinesOfATurn, outputLines: 40);
        var transcript = Path.Combine(huge, "tasks/move-logging/transcript.jsonl");
        Console.WriteLine($"     a transcript of {Events:#,0} events has {new FileInfo(transcript).Length / 1e6:0} MB");
        string[][] commands =
        [
            ["report", huge],
            ["transcript", "validate", transcript],
            ["transcript", "convert", "--to=text", transcript],
            ["transcript", "convert", "--to=claude", transcript],
        ];
        foreach (var command in commands)
        {
            var what = string.Join(' ', command[..^1]);
            var (time, peak) = await MeasureAsync(command);
            kept &= Bench.Report($"{what} of {Events:#,0} events", time, 5, "s");
            kept &= Bench.Report($"peak memory of {what} of {Events:#,0} events", peak, 300, "MiB");
        }
        return kept;
    }

    /// <returns>Seconds, the median of three, and the highest peak in MiB.</returns>
    private static async Task<(double Seconds, double Peak)> MeasureAsync(params string[] arguments)
    {
        var times = new List<double>();
        var peak = 0.0;
        for (var i = 0; i < 3; i++)
        {
            var started = Stopwatch.GetTimestamp();
            using var process = Bench.Start(
                "/bin/sh",
                "/",
                null,
                ["-c", """exec "$0" "$@" >/dev/null""", Bench.Program, .. arguments]
            );
            peak = Math.Max(peak, await Bench.PeakAsync(process));
            times.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            if (process.ExitCode != 0)
                throw new InvalidOperationException(await process.StandardError.ReadToEndAsync());
        }
        return (Bench.Median(times), peak);
    }
}
