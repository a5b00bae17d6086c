using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ClawCi.Benchmarks;

/// <summary>A run of the built program in which a scripted model makes one bash call a turn.</summary>
internal sealed class CountingRun
{
    private readonly Bench _bench;
    private readonly string _task;
    private readonly string _name = Guid.NewGuid().ToString("N");
    private int _runs;

    private CountingRun(Bench bench, string workspace, string task) =>
        (_bench, Workspace, _task) = (bench, workspace, task);

    public string Workspace { get; }

    public static async Task<CountingRun> PrepareAsync(Bench bench, int turns)
    {
        var script = new StringBuilder("version: 1\nmodel: claude-sonnet-4-5\nreplies:\n");
        for (var turn = 1; turn < turns; turn++)
            script.AppendLine(
                CultureInfo.InvariantCulture,
                $"  - tool-uses: [ {{ name: bash, input: {{ command: \"echo turn {turn}\" }} }} ]"
            );
        script.AppendLine("  - text: Done.");
        await File.WriteAllTextAsync(Path.Combine(bench.Directory, "script.yaml"), script.ToString());
        var run = new CountingRun(bench, bench.Checkout(100), Path.Combine(bench.Directory, "counting.yaml"));
        await File.WriteAllTextAsync(
            run._task,
            $"""
            version: 1
            name: counting
            model: scripted/script.yaml
            prompt: Count.
            expect-changes: false
            sandbox: {"{"} image: "{Bench.Image}", pull: never {"}"}
            """
        );
        // The first sandbox of a version brings the tool server to the daemon, once, and takes some 20 MiB more for it.
        await using (var first = await bench.PrepareAsync(run.Workspace, "first"))
            await (await first.StartAgentAsync(default)).DisposeAsync();
        return run;
    }

    /// <returns>Seconds, and the peak of memory in MiB.</returns>
    public async Task<(double Seconds, double Peak)> RunAsync(Dictionary<string, string>? environment = null)
    {
        var output = Path.Combine(_bench.Directory, $"{_name}-{_runs++}");
        var started = Stopwatch.GetTimestamp();
        using var run = Bench.Start(
            Bench.Program,
            Workspace,
            environment,
            "run",
            _task,
            "--workspace",
            Workspace,
            "--out",
            output,
            "--quiet"
        );
        var errors = run.StandardError.ReadToEndAsync();
        var peak = await Bench.PeakAsync(run);
        if (run.ExitCode != 0)
            throw new InvalidOperationException(await errors);
        return (Stopwatch.GetElapsedTime(started).TotalSeconds, peak);
    }
}
