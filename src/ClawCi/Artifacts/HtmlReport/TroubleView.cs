namespace ClawCi.Artifacts.HtmlReport;

/// <summary>What came in the way: errors, limits, retries, objections of hooks, warnings.</summary>
internal static class TroubleView
{
    private const int MostText = 2000;

    public static bool IsNeeded(TaskDigest digest) =>
        digest.Failures.Count
            + digest.Limits.Count
            + digest.Retries.Count
            + digest.Compactions.Count
            + digest.Objections.Count
            + digest.Servers.Count
            + digest.Resumes.Count
            + digest.Warnings.Count
        > 0;

    public static Html Of(TaskRecord task, int most) =>
        $"""
            <ul class="plain">{Fitting.Of(Items(task.Digest), most, LeftOut, Dropped(task.Digest))}</ul>

            """;

    private static Html LeftOut(int count) =>
        $"<li>{Amount.Count(count, "more entry", "more entries")} in the transcript</li>";

    private static int Dropped(TaskDigest digest) =>
        digest.Failures.Dropped
        + digest.Limits.Dropped
        + digest.Compactions.Dropped
        + digest.Objections.Dropped
        + digest.Servers.Dropped
        + digest.Resumes.Dropped
        + digest.Warnings.Dropped;

    private static IEnumerable<Html> Items(TaskDigest digest)
    {
        foreach (var failed in digest.Failures)
            yield return $"""<li><span class="tag bad">error</span> {Shortened.Whole(failed.Message, MostText)}</li>""";
        foreach (var limit in digest.Limits)
            yield return $"""<li><span class="tag halt">limit</span> <code>{Shortened.Line(limit.Limit, 80)}</code>: {Shortened.Whole(limit.Message, MostText)}</li>""";
        foreach (var retries in digest.Retries.GroupBy(retry => (retry.Reason, retry.Status)))
        {
            var (reason, status) = retries.Key;
            yield return $"""<li><span class="tag halt">retry</span> The model failed {Amount.Count(retries.Count(), "time")} ({Shortened.Line(
                reason,
                80
            )}{(status is { } code ? $", {code}" : "")}); {Amount.Duration(
                retries.Sum(retry => retry.DelayMs)
            )} were spent waiting. Last: {Shortened.Line(retries.Last().Message, 300)}</li>""";
        }
        if (digest.Retries.Dropped > 0)
            yield return $"""<li><span class="tag halt">retry</span> {Amount.Count(digest.Retries.Dropped, "more failure")}</li>""";
        foreach (var compacted in digest.Compactions)
            yield return $"""<li><span class="tag">compacted</span> {CompactionWords.Of(compacted)}</li>""";
        foreach (var resumed in digest.Resumes)
            yield return $"""<li><span class="tag halt">resumed</span> The run was killed, and went on {Shortened.Line(ResumeWords.Of(resumed), 500)}</li>""";
        foreach (var server in digest.Servers)
            yield return $"""<li><span class="tag{(server.State is "failed" or "lost" ? " halt" : "")}">MCP server</span> {Shortened.Line(ServerWords.Of(server), 500)}</li>""";
        foreach (var hook in digest.Objections)
            yield return $"""<li><span class="tag halt">hook</span> {Shortened.Line(hook.Event, 40)} ({Shortened.Line(hook.Source, 200)}): {Shortened.Line(
                hook.Message ?? hook.Decision,
                500
            )}</li>""";
        foreach (var warned in digest.Warnings)
            yield return $"""<li><span class="tag">warning</span> {Shortened.Whole(warned.Message, MostText)}</li>""";
    }
}
