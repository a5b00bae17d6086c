namespace ClawCi.Runs.Checks;

/// <summary>Why a check is not green, in the words of the transcript.</summary>
internal static class CheckReasons
{
    public const string ExitCode = "exit-code";
    public const string Timeout = "timeout";
    public const string CommandMissing = "check-command-missing";
    public const string FailingTests = "failing-tests";
    public const string NewFailures = "new-failures";
    public const string NoTests = "no-tests";
    public const string TestsVanished = "tests-vanished";
    public const string ReportMissing = "report-missing";
    public const string Changed = "changed";
    public const string Undecidable = "undecidable";
}
