using System.Diagnostics;

namespace ClawCi.Benchmarks;

/// <summary>A hundred tasks with sixteen workers: what the runner is resident with, and what a task costs besides its containers.</summary>
internal static class Batches
{
    private const int Tasks = 100;
    private const int Workers = 16;

    public static async Task<bool> RunAsync(Bench bench)
    {
        var directory = Path.Combine(bench.Directory, "batch");
        Directory.CreateDirectory(Path.Combine(directory, "work"));
        await File.WriteAllTextAsync(
            Path.Combine(directory, "script.yaml"),
            """
            version: 1
            model: claude-sonnet-4-5
            replies:
              - { tool-uses: [{ name: bash, input: { command: "echo $CLAW_MATRIX_N > n" } }] }
              - { text: Done. }
            """
        );
        await File.WriteAllTextAsync(
            Path.Combine(directory, "task.yaml"),
            $$"""
            version: 1
            name: t
            strategy: { matrix: { n: [{{string.Join(", ", Enumerable.Range(1, Tasks))}}] } }
            model: scripted/script.yaml
            prompt: Write down $[[ matrix.n ]].
            sandbox: { image: {{Bench.Image}}, pull: never, memory: 256Mi }
            apply: never
            """
        );
        var (peak, time) = await MeasureAsync(directory, 0, $"--workers={Workers}");
        Console.WriteLine($"     {Tasks} tasks with {Workers} workers in {time.TotalSeconds:0.0} s");
        // After the first none is begun: what is left is to plan, to choose and to write a record down.
        var (_, one) = await MeasureAsync(directory, 13, "--filter=t-1", "--max-turns=1");
        var (_, all) = await MeasureAsync(directory, 20, "--max-failures=1", "--max-turns=1", "--workers=1");
        return Bench.Report($"runner's memory, {Tasks} tasks with {Workers} workers", peak, 60 + (2 * Workers), "MiB")
            & Bench.Report(
                "a task that is not begun, its record and its part of the reports",
                (all - one).TotalMilliseconds / (Tasks - 1),
                5,
                "ms"
            );
    }

    /// <param name="expected">The exit code.</param>
    private static async Task<(double Peak, TimeSpan Time)> MeasureAsync(
        string directory,
        int expected,
        params string[] flags
    )
    {
        var started = Stopwatch.GetTimestamp();
        string[] words = ["run", "task.yaml", "--workspace=work", "--out=out", "--force", "--quiet", .. flags];
        using var process = Bench.Start(Bench.Program, directory, null, words);
        var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var peak = await Bench.PeakAsync(process);
        var output = await said;
        return process.ExitCode == expected
            ? (peak, Stopwatch.GetElapsedTime(started))
            : throw new InvalidOperationException($"exit {process.ExitCode}: {output[1]}");
    }
}
