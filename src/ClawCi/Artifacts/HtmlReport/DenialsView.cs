using ClawCi.Events;

namespace ClawCi.Artifacts.HtmlReport;

/// <summary>What the policy denied: the call, who decided, and what to do if it should be allowed. Equal denials are one entry.</summary>
internal static class DenialsView
{
    public static Html Of(TaskRecord task, int most)
    {
        var decisions = task
            .Digest.Denied.Select(denied => denied.Decision)
            .GroupBy(decision => decision.ToolUseId)
            .ToDictionary(same => same.Key, same => same.Last());
        var denials = task
            .Ended.PermissionDenials.GroupBy(denial =>
                (denial.ToolName, Subject: ToolSubject.Of(denial.ToolInput), denial.RuleId, denial.Reason)
            )
            .Select(same =>
                Denial(
                    same.First(),
                    same.Key.Subject,
                    decisions.GetValueOrDefault(same.First().ToolUseId),
                    same.Count()
                )
            );
        return $"""
            <ul class="plain">{Fitting.Of(denials, most, LeftOut)}</ul>
            <p class="meta">A denied call is not run; the model was told the rule's reason. <code>claw-ci policy suggest</code> with this run's directory writes the smallest policy that would have allowed what the run did.</p>

            """;

        Html LeftOut(int count) =>
            $"<li>{Amount.Count(count, "more denial")}: see <code>{task.TranscriptPath}</code></li>";
    }

    private static Html Denial(PermissionDenial denial, string subject, PolicyDecided? decision, int times) =>
        $"""
            <li class="denial"><b>{Shortened.Line(denial.ToolName, 60)}</b> <code>{Shortened.Line(subject, 300)}</code>{(
                times > 1 ? $" {times} times" : ""
            )}<br>
            Denied by {Rule(denial, decision)}: {Shortened.Line(denial.Reason, 500)}<br>
            <span class="remedy">{Remedy(denial, decision)}</span></li>

            """;

    private static Html Rule(PermissionDenial denial, PolicyDecided? decision)
    {
        var source = Shortened.Line(decision?.Source ?? "", 200);
        return denial.RuleId is { } rule
            ? (Html)$"rule <code>{Shortened.Line(rule, 100)}</code>{(source.Length > 0 ? $" ({source})" : "")}"
            : $"<code>{(source.Length > 0 ? source : "policy")}</code>";
    }

    private static string Remedy(PermissionDenial denial, PolicyDecided? decision) =>
        denial.RuleId is null
            ? "If it should be allowed: give the task a wider mode, or the policy a rule that allows this call."
            : $"If it should be allowed: change that rule{(decision is null ? "" : $" in {Shortened.Line(decision.Source, 200)}")}.";
}
