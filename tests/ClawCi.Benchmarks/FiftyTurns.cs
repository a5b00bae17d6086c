using System.Text;
using System.Text.Json;

namespace ClawCi.Benchmarks;

/// <summary>A whole run of fifty turns with one bash call each, against one container start; and the runner's peak memory.</summary>
internal static class FiftyTurns
{
    private const int Turns = 50;

    public static async Task<bool> RunAsync(Bench bench)
    {
        var workspace = bench.Checkout(100);
        var script = new StringBuilder("version: 1\nmodel: claude-sonnet-4-5\nreplies:\n");
        for (var turn = 1; turn < Turns; turn++)
            script.AppendLine($"  - tool-uses: [ {{ name: bash, input: {{ command: \"echo turn {turn}\" }} }} ]");
        script.AppendLine("  - text: Done.");
        await File.WriteAllTextAsync(Path.Combine(bench.Directory, "script.yaml"), script.ToString());
        var task = Path.Combine(bench.Directory, "fifty.yaml");
        await File.WriteAllTextAsync(
            task,
            $"""
            version: 1
            name: fifty
            model: scripted/script.yaml
            prompt: Count.
            expect-changes: false
            sandbox: {"{"} image: "{Bench.Image}", pull: never {"}"}
            """
        );
        // The first sandbox of a version brings the tool server to the daemon, once, and takes some 20 MiB more for it.
        await using (var first = await bench.PrepareAsync(workspace, "first"))
            await (await first.StartAgentAsync(default)).DisposeAsync();
        var runs = new List<double>();
        var peak = 0.0;
        for (var i = 0; i < 4; i++)
        {
            var output = Path.Combine(bench.Directory, $"fifty-{i}");
            var time = await Bench.TimeAsync(async () =>
            {
                using var run = Bench.Start(
                    Bench.Program,
                    workspace,
                    null,
                    "run",
                    task,
                    "--workspace",
                    workspace,
                    "--out",
                    output,
                    "--quiet"
                );
                var errors = run.StandardError.ReadToEndAsync();
                peak = Math.Max(peak, await Bench.PeakAsync(run));
                if (run.ExitCode != 0)
                    throw new InvalidOperationException(await errors);
            });
            runs.Add(time.TotalSeconds);
        }
        var starts = new List<double>();
        await using (var sandbox = await bench.PrepareAsync(workspace, "starts"))
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
        var run = Bench.Median(runs.Skip(1));
        var start = Bench.Median(starts);
        Console.WriteLine($"     one container, start to gone: {start:0.00} s; the whole run: {run:0.00} s");
        return Bench.Report("50 turns with a bash call each, less one container", run - start, 1.2, "s")
            & Bench.Report("peak memory of the runner", peak, 80, "MiB");
    }
}
