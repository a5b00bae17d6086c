using ClawCi.Events;

namespace ClawCi.Artifacts.HtmlReport;

/// <summary>The setup steps that failed, with the end of what they printed.</summary>
internal static class SetupView
{
    private const int MostTail = 8000;

    public static bool IsNeeded(TaskDigest digest) => Failed(digest).Any();

    public static Html Of(TaskDigest digest) =>
        $"""<ul class="checks">{Failed(digest).Take(5).Select(Html (step) => $"""<li class="fail"><p class="head"><b>setup step</b> <code>{Shortened.Line(step.Run, 300)}</code></p><p class="round">exit code {Exit(step)} <span class="meta">{Amount.Duration(step.DurationMs)}</span></p>{Shortened.Pre(step.Tail, MostTail, "result")}</li>""")}</ul>""";

    private static IEnumerable<SetupRan> Failed(TaskDigest digest) => digest.Setup.Where(step => step.ExitCode != 0);

    private static string Exit(SetupRan step) => step.ExitCode is { } code ? $"{code}" : "none: it was ended";
}
