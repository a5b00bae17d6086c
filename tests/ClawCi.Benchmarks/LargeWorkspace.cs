using System.Text.Json;
using ClawCi.Sandboxes.Workspaces;

namespace ClawCi.Benchmarks;

/// <summary>What a large checkout costs: preparing it, and taking a patch of ten files out of it.</summary>
internal static class LargeWorkspace
{
    private const int Large = 100_000;

    public static async Task<bool> RunAsync(Bench bench)
    {
        var small = bench.Checkout(100);
        var large = bench.Checkout(Large);
        var ofSmall = new List<double>();
        var ofLarge = new List<double>();
        for (var i = 0; i < 6; i++)
        {
            ofSmall.Add(await PrepareAsync(bench, small));
            ofLarge.Add(await PrepareAsync(bench, large));
        }
        var more = Bench.Median(ofLarge.Skip(1)) - Bench.Median(ofSmall.Skip(1));

        await using var task = await bench.PrepareAsync(large, "patch");
        var starts = new List<double>();
        var patches = new List<double>();
        for (var i = 0; i < 5; i++)
        {
            starts.Add((await Bench.TimeAsync(() => ChangeTenFilesAsync(task, i))).TotalMilliseconds);
            patches.Add(
                (
                    await Bench.TimeAsync(async () =>
                    {
                        using var changes = await task.ReadChangesAsync(CancellationToken.None);
                        var patch = await PatchWriter.WriteAsync(
                            changes,
                            Path.Combine(bench.Directory, "changes.patch"),
                            CancellationToken.None
                        );
                        if (patch.Files.Count != 10)
                            throw new InvalidOperationException($"{patch.Files.Count} files in the patch");
                    })
                ).TotalMilliseconds
            );
        }
        var start = Bench.Median(starts);
        var took = Bench.Median(patches);
        Console.WriteLine($"     one container, start to gone: {start:0} ms; change set and patch: {took:0} ms");
        return Bench.Report($"preparing {Large} files instead of 100", more, 50, "ms more")
            & Bench.Report($"change set and patch of 10 files in {Large}, less one container", took - start, 400, "ms");
    }

    private static async Task<double> PrepareAsync(Bench bench, string checkout)
    {
        Sandboxes.TaskSandbox? task = null;
        var time = await Bench.TimeAsync(async () => task = await bench.PrepareAsync(checkout, "prepare"));
        await task!.DisposeAsync();
        return time.TotalMilliseconds;
    }

    private static async Task ChangeTenFilesAsync(Sandboxes.TaskSandbox task, int round)
    {
        await using var agent = await task.StartAgentAsync(CancellationToken.None);
        var command = $"for i in 1 2 3 4 5 6 7 8 9 10; do echo round {round} > d$i/f$((i * 100)).txt; done";
        var input = JsonElement.Parse($$"""{"command":"{{command}}"}""");
        var answer = await agent.CallAsync("bash", input, null, CancellationToken.None);
        if (answer.ExitCode != 0)
            throw new InvalidOperationException(answer.Text);
    }
}
