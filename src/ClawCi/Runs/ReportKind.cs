namespace ClawCi.Runs;

/// <summary>A report that is made when it is asked for, with <c>--reports</c> or in settings.</summary>
internal enum ReportKind
{
    CodeQuality,
    Sarif,
}
