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
    /// <returns>Bugs of ours that kept some from being made: the others are there.</returns>
    public static IReadOnlyList<Exception> WriteAll(
        RunRecord run,
        string outDirectory,
        params IReadOnlyList<ReportKind> asked
    )
    {
        List<Exception> bugs = [];
        foreach (var writer in All.Concat(RequestedReports.Of(run, outDirectory, asked)))
        {
            try
            {
                foreach (var artifact in writer.Write(run))
                    WholeFile.Write(Path.Combine(outDirectory, artifact.Path), artifact.Parts);
            }
            catch (Exception bug) when (bug is not (IOException or UnauthorizedAccessException))
            {
                bugs.Add(bug);
            }
        }
        return bugs;
    }
}
