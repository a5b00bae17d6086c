using ClawCi.Runs;

namespace ClawCi.Artifacts.Findings;

/// <summary>The reports that are made when they are asked for.</summary>
internal static class RequestedReports
{
    private static readonly (ReportKind Kind, string FileName, IArtifactWriter Writer)[] All =
    [
        (ReportKind.CodeQuality, CodeQualityWriter.FileName, new CodeQualityWriter()),
        (ReportKind.Sarif, SarifWriter.FileName, new SarifWriter()),
    ];

    /// <summary>
    /// What was asked for now or, as the transcripts tell, when the run was planned; and what is there already, which would be wrong
    /// beside reports that are made again.
    /// </summary>
    public static IEnumerable<IArtifactWriter> Of(RunRecord run, string outDirectory, IReadOnlyList<ReportKind> asked)
    {
        HashSet<ReportKind> recorded =
        [
            .. asked,
            .. run
                .Tasks.SelectMany(task => task.Started?.Origins ?? [])
                .Where(origin => origin.Key == ReportKinds.Key)
                .SelectMany(origin => ReportKinds.Read(origin.Value) ?? []),
        ];
        return All.Where(report =>
                recorded.Contains(report.Kind) || File.Exists(Path.Combine(outDirectory, report.FileName))
            )
            .Select(report => report.Writer);
    }
}
