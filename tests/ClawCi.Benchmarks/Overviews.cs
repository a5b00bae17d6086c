using System.Diagnostics;
using ClawCi.Prompts;
using ClawCi.Sandboxes.Workspaces;

namespace ClawCi.Benchmarks;

/// <summary>What looking over a large checkout costs before the first request: with git's index, and by a walk.</summary>
internal static class Overviews
{
    private const int Files = 100_000;

    /// <summary>As many as are asked whether they have changed.</summary>
    private const int Compared = 20_000;

    private const double MostMilliseconds = 150;

    public static bool Run(Bench bench)
    {
        var checkout = bench.Checkout(Files);
        var walked = Measure(checkout, Files, isTracked: false);
        var tracked = MeasureTracked(checkout, Files);
        var compared = MeasureTracked(bench.Checkout(Compared), Compared);
        return Bench.Report($"overview of {Files} files, walked", walked, MostMilliseconds, "ms")
            & Bench.Report($"overview of {Files} files that git tracks", tracked, MostMilliseconds, "ms")
            & Bench.Report($"overview of {Compared} files, each compared", compared, MostMilliseconds, "ms");
    }

    private static double MeasureTracked(string checkout, int files)
    {
        Git(checkout, "init", "-q");
        Git(checkout, "add", ".");
        var tracked = Measure(checkout, files, isTracked: true);
        // The other benchmarks take the same checkout without it.
        Directory.Delete(Path.Combine(checkout, ".git"), recursive: true);
        return tracked;
    }

    private static double Measure(string checkout, int files, bool isTracked) =>
        Bench.Median(
            Enumerable
                .Range(0, 7)
                .Select(_ =>
                {
                    var started = Stopwatch.GetTimestamp();
                    var count = new WorkspaceCount(["AGENTS.md", "CLAUDE.md"]);
                    var listing = new CheckoutFiles(checkout, "/nowhere").Each(count.Add);
                    var text = WorkspaceOverview.Of(
                        count,
                        BaseCommit.Branch(checkout),
                        listing.IsTracked,
                        listing.IsComplete,
                        listing.Changed
                    );
                    var time = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
                    return count.Files == files && listing.IsTracked == isTracked && text.Length > 0
                        ? time
                        : throw new InvalidOperationException($"{count.Files} files: {text}");
                })
        );

    private static void Git(string directory, params string[] arguments)
    {
        using var git = Process.Start("git", ["-C", directory, .. arguments]);
        git.WaitForExit();
    }
}
