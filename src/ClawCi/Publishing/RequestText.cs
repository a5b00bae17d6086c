using System.Net;
using System.Text;
using ClawCi.Artifacts;
using ClawCi.Events;

namespace ClawCi.Publishing;

/// <summary>What a request for review says: the caller's words as they are, ours, and the model's made inert.</summary>
internal sealed record RequestText(string Title, string Body)
{
    private const string Begin = "<!-- claw-ci: begin -->";
    private const string End = "<!-- claw-ci: end -->";
    private const int MostWords = 4000;
    private const int MostFindings = 20;
    private const int MostLine = 500;

    public static RequestText Of(TaskRecord task, PublishPlan plan, PublishedTask state)
    {
        var own = $"{Begin}\n{Told(task, state)}{End}\n";
        return new(CommitMessage.Subject(task, plan.Title), plan.Body is null ? own : $"{plan.Body.Trim()}\n\n{own}");
    }

    /// <summary>A description with our part of it brought up to date; null when that is no longer there, or says so already.</summary>
    public string? Renewed(string body)
    {
        var (begin, end) = (body.IndexOf(Begin, StringComparison.Ordinal), body.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin)
            return null;
        var own = Body[Body.IndexOf(Begin, StringComparison.Ordinal)..Body.LastIndexOf(End, StringComparison.Ordinal)];
        var renewed = body[..begin] + own + body[end..];
        return renewed == body ? null : renewed;
    }

    private static string Told(TaskRecord task, PublishedTask state)
    {
        var end = task.Ended;
        var text = new StringBuilder();
        if (end.ExitCode != 0)
            text.Append($"**This task did not succeed:** {Markdown.Code(Cut(end.Message))}\n\n");
        text.Append($"Made by claw-ci without supervision. Review it as you would anyone's.\n\n| | |\n|---|---|\n");
        text.Append($"| Task | {Markdown.Code(task.Id)} |\n| Outcome | {Markdown.Code(end.Outcome)} |\n");
        text.Append($"| Changes | {Changes(end)} |\n| Checks | {Checks(end)} |\n");
        text.Append(
            $"| Model, cost | {Markdown.Code(task.Started?.Model ?? "unknown")}, {Amount.Cost(end.TotalCostUsd)} |\n"
        );
        text.Append($"| Run | {Markdown.Code(task.RunId ?? "unknown")} |\n");
        if (state.RunCommit is not null)
            text.Append(
                $"| Base | the checks ran on {Markdown.Code(state.RunCommit)}; the changes were carried over to {Markdown.Code(state.BaseCommit!)} |\n"
            );
        GateFinding[] findings = [.. (end.Changes?.Gates ?? []).Where(finding => finding.Action == GateFinding.Review)];
        if (findings.Length > 0)
        {
            text.Append("\nLook at these first:\n\n");
            foreach (var finding in findings.Take(MostFindings))
                text.Append($"* {Markdown.Code(Cut(finding.ToString()))}\n");
        }
        if (end.Result.Trim().Length > 0)
            text.Append(
                $"\n<details><summary>The model's last words, as they came</summary>\n\n<pre>{WebUtility.HtmlEncode(ForeignText.Lines(end.Result, MostWords))}</pre>\n\n</details>\n"
            );
        return text.Append('\n').ToString();
    }

    /// <summary>Platforms bound what a request may say.</summary>
    private static string Cut(string text) => text.Length <= MostLine ? text : $"{text[..MostLine]}…";

    private static string Changes(TaskEnded end) =>
        end.Changes is { } changes
            ? $"{Amount.Count(changes.Files, "file")}, +{Amount.Number(changes.Additions)} −{Amount.Number(changes.Deletions)}"
            : "none";

    private static string Checks(TaskEnded end) =>
        end.Checks.Count == 0
            ? "none: nothing verified that it works"
            : string.Join(
                ", ",
                end.Checks.Take(MostFindings).Select(check => $"{Markdown.Code(check.Id)} {check.Outcome}")
            );
}
