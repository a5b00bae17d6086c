using ClawCi.Artifacts.Findings;
using ClawCi.Artifacts.HtmlReport;
using ClawCi.Runs;

namespace ClawCi.Artifacts;

/// <summary>The artifacts that claw-ci makes from a run's record.</summary>
internal static class ArtifactWriters
{
    public static IReadOnlyList<IArtifactWriter> All { get; } =
    [
        new ResultWriter(),
        new ResponseWriter(),
        new SummaryWriter(),
        new HtmlReportWriter(),
        new JUnitWriter(),
        new LockWriter(),
        new SessionWriter(),
    ];

    /// <summary>
    /// Writes all artifacts of a run into its output directory, each whole or not at all. Throws
    /// <see cref="IOException"/> when one cannot be written.
    /// </summary>
    /// <param name="asked">Reports that are wanted besides those that the run itself was to make.</param>
    public static void WriteAll(RunRecord run, string outDirectory, params IReadOnlyList<ReportKind> asked)
    {
        var writers = All.Concat(RequestedReports.Of(run, outDirectory, asked)).ToList();
        foreach (var artifact in writers.SelectMany(writer => writer.Write(run)))
        {
            var path = Path.Combine(outDirectory, artifact.Path);
            var aside = path + ".tmp";
            using (var file = File.Create(aside))
            {
                foreach (var part in artifact.Parts)
                    file.Write(part.Span);
            }
            File.Move(aside, path, overwrite: true);
        }
    }
}
