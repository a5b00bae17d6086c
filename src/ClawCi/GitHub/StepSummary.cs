using System.Text;

namespace ClawCi.GitHub;

/// <summary>The page that GitHub shows for a step.</summary>
internal static class StepSummary
{
    /// <summary>GitHub drops the whole summary of a step that exceeds 1 MiB.</summary>
    private const int MostBytes = 1_000_000;

    /// <summary>Appends Markdown. Throws <see cref="IOException"/> when the file cannot be written.</summary>
    /// <param name="path">The value of <c>GITHUB_STEP_SUMMARY</c>.</param>
    public static void Append(string path, string markdown)
    {
        var written = File.Exists(path) ? new FileInfo(path).Length : 0;
        var text =
            written + Encoding.UTF8.GetByteCount(markdown) <= MostBytes
                ? markdown
                : "claw-ci's summary is too long for this page; it is `summary.md` in the output directory.\n";
        File.AppendAllText(path, text);
    }
}
