using System.Diagnostics;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Docker;

namespace ClawCi.Benchmarks;

/// <summary>A hundred tasks with sixteen workers: what the runner is resident with, and what a task costs besides its containers.</summary>
internal static class Batches
{
    private const int Tasks = 100;
    private const int Workers = 16;

    /// <summary>In MiB: what the program needs, and what a running task does.</summary>
    private const int MostMemory = 60 + (2 * Workers);

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
        var (peak, time) = await MeasureAsync(Bench.Program, directory, 0, $"--workers={Workers}");
        Console.WriteLine($"     {Tasks} tasks with {Workers} workers in {time.TotalSeconds:0.0} s");
        // After the first none is begun: what is left is to plan, to choose and to write a record down.
        var (_, one) = await MeasureAsync(Bench.Program, directory, 13, "--filter=t-1", "--max-turns=1");
        var (_, all) = await MeasureAsync(
            Bench.Program,
            directory,
            20,
            "--max-failures=1",
            "--max-turns=1",
            "--workers=1"
        );
        var first = await FirstAsync(bench, directory);
        return Bench.Report($"runner's memory, {Tasks} tasks with {Workers} workers", peak, MostMemory, "MiB")
            & Bench.Report(
                "the same of the first run on a machine, which brings the tool server",
                first,
                MostMemory,
                "MiB"
            )
            & Bench.Report(
                "a task that is not begun, its record and its part of the reports",
                (all - one).TotalMilliseconds / (Tasks - 1),
                5,
                "ms"
            );
    }

    /// <summary>With a tool server that no daemon has, in a run of as many tasks as begin at once, and some more.</summary>
    private static async Task<double> FirstAsync(Bench bench, string directory)
    {
        var program = Path.Combine(directory, "claw-ci");
        var toolServer = Path.Combine(
            directory,
            Path.GetRelativePath(Path.GetDirectoryName(Bench.Program)!, bench.ToolServer.Path)
        );
        File.Copy(Bench.Program, program);
        Directory.CreateDirectory(Path.GetDirectoryName(toolServer)!);
        File.Copy(bench.ToolServer.Path, toolServer);
        await File.AppendAllTextAsync(toolServer, directory);
        var fresh = await ToolServerBinary.LoadAsync(toolServer, CancellationToken.None);
        try
        {
            return (await MeasureAsync(program, directory, 0, $"--workers={Workers}", "--filter=t-[12]*")).Peak;
        }
        finally
        {
            await Removal.VolumeAsync(bench.Engine, ToolServerVolume.NameOf(fresh));
        }
    }

    /// <param name="expected">The exit code.</param>
    private static async Task<(double Peak, TimeSpan Time)> MeasureAsync(
        string program,
        string directory,
        int expected,
        params string[] flags
    )
    {
        var started = Stopwatch.GetTimestamp();
        string[] words = ["run", "task.yaml", "--workspace=work", "--out=out", "--force", "--quiet", .. flags];
        using var process = Bench.Start(program, directory, null, words);
        var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var peak = await Bench.PeakAsync(process);
        var output = await said;
        return process.ExitCode == expected
            ? (peak, Stopwatch.GetElapsedTime(started))
            : throw new InvalidOperationException($"exit {process.ExitCode}: {output[1]}");
    }
}
