using System.Text;
using ClawCi.Events;

namespace ClawCi.Artifacts;

/// <summary>
/// <c>summary.md</c>, short enough for a step summary (GitHub drops those above 1 MiB): outcome, reason, changes, checks and cost on the
/// first screen, then what a reader may ask. Everything that is not ours goes through <see cref="Markdown"/>.
/// </summary>
internal sealed class SummaryWriter : IArtifactWriter
{
    private const int MostBytes = 900_000;
    private const int MostTasks = 100;
    private const int MostRows = 40;
    private const int MostText = 4000;

    /// <summary>More rows than this are folded.</summary>
    private const int OpenRows = 12;

    public IEnumerable<Artifact> Write(RunRecord run)
    {
        var text = new StringBuilder();
        if (run.Tasks.Count > 1)
            AddRun(text, run);
        var left = MostBytes - Encoding.UTF8.GetByteCount(text.ToString());
        var shown = 0;
        foreach (var task in run.Tasks.Take(MostTasks))
        {
            var part = new StringBuilder();
            AddTask(part, task);
            left -= Encoding.UTF8.GetByteCount(part.ToString());
            if (left < 0)
                break;
            text.Append(part);
            shown++;
        }
        if (run.Tasks.Count > shown)
            text.Append(
                $"{Amount.Count(run.Tasks.Count - shown, "more task is", "more tasks are")} in `result.json`.\n\n"
            );
        text.Append("<sub>The whole story, with the diff and every turn, is in <code>report.html</code>; ");
        text.Append($"the patch is <code>tasks/&lt;task&gt;/{TaskRecord.PatchFile}</code>. ");
        text.Append($"Run {Markdown.Code(run.RunId)}.</sub>\n");
        yield return new("summary.md", text.ToString());
    }

    private static void AddRun(StringBuilder text, RunRecord run)
    {
        var result = RunResult.Of(run);
        var word = OutcomeWord.Of(result.Outcome);
        text.Append($"# {Mark(word)} claw-ci: {word.Title}\n\n{Markdown.Text(result.Message)}\n\n");
        text.Append("| task | outcome | changes | cost | time |\n|---|---|---|--:|--:|\n");
        foreach (var task in run.Tasks.Take(MostTasks))
        {
            var end = task.Ended;
            var taskWord = OutcomeWord.Of(end.Outcome);
            text.Append(
                $"| {Markdown.Code(task.Id)} | {Mark(taskWord)} {Markdown.Text(taskWord.Title)} | {Changes(end)} "
            );
            text.Append($"| {Amount.Cost(end.TotalCostUsd)} | {Amount.Duration(end.DurationMs)} |\n");
        }
        text.Append('\n');
    }

    private static void AddTask(StringBuilder text, TaskRecord task)
    {
        var end = task.Ended;
        var word = OutcomeWord.Of(end.Outcome);
        text.Append($"## {Mark(word)} {Markdown.Text(task.Name)}: {Markdown.Text(word.Title)}\n\n");
        text.Append($"{Markdown.Text(Cut(end.Message, MostText))} {Consequence.Of(end)}\n\n| | |\n|---|---|\n");
        text.Append($"| Outcome | {Markdown.Code(end.Outcome)} (exit code {end.ExitCode}");
        text.Append(end.Retryable ? ", worth running again) |\n" : ") |\n");
        text.Append($"| Changes | {Changes(end)} |\n| Checks | {Checks(end)} |\n");
        text.Append($"| Cost | {Amount.Cost(end.TotalCostUsd)}, {Amount.Tokens(end.Usage)} |\n");
        text.Append($"| Time | {Amount.Duration(end.DurationMs)}, {Amount.Count(end.NumTurns, "turn")} |\n");
        if (CompactionWords.Of([.. task.Digest.Compactions]) is { } compactions)
            text.Append($"| Compactions | {compactions} |\n");
        if (task.Digest.Resumes.Count > 0)
            text.Append($"| Resumed | {Amount.Count(task.Digest.Resumes.Count, "time")}, after it was killed |\n");
        text.Append($"| Model | {Markdown.Code(task.Started?.Model ?? "")} |\n\n");

        AddRedChecks(text, task);
        AddFiles(text, task.Digest.Files);
        AddList(
            text,
            "Denied by the policy",
            end.PermissionDenials,
            denial =>
                $"{Markdown.Code(denial.ToolName)} {Markdown.Code(Cut(ToolSubject.Of(denial.ToolInput), 200))}, "
                + $"rule {Markdown.Code(denial.RuleId ?? "none")}: {Markdown.Text(Cut(denial.Reason, 300))}"
        );
        AddList(
            text,
            "What the gates say",
            end.Changes?.Gates ?? [],
            finding => $"{Markdown.Text(finding.Action)}: {Markdown.Text(Cut($"{finding}", 500))}"
        );
        AddList(
            text,
            "Refused by the network's rules",
            [.. task.Digest.Network.Where(use => use.IsDenied)],
            use =>
                $"{Markdown.Code(Cut(use.Address, 200))}, {Markdown.Text(use.Purpose)}, "
                + $"rule {Markdown.Code(use.Rule)}: {Markdown.Text(Cut(use.Reason ?? "", 300))}"
        );
        AddList(
            text,
            "Left out of the patch",
            end.Changes?.Skipped ?? [],
            skipped => $"{Markdown.Code(Cut(skipped.Path, 200))}: {Markdown.Text(skipped.Reason)}"
        );
        AddList(text, "Left open on the model's own list", end.OpenTodos ?? [], todo => Markdown.Text(Cut(todo, 300)));
        AddList(
            text,
            "MCP servers that did not stay as they were",
            [.. task.Digest.Servers],
            server => Markdown.Text(Cut(ServerWords.Of(server), 500))
        );
        AddList(text, "Warnings", [.. task.Digest.Warnings], warned => Markdown.Text(Cut(warned.Message, 500)));
        if (end.Result.Length > 0)
        {
            text.Append("<details><summary>What the model said last (it does not decide the outcome)</summary>\n\n");
            text.Append(Markdown.Block(Cut(end.Result, MostText))).Append("\n\n</details>\n\n");
        }
    }

    private static void AddFiles(StringBuilder text, List<FileChanged> files)
    {
        if (files.Count == 0)
            return;
        var isFolded = files.Count > OpenRows;
        if (isFolded)
            text.Append($"<details><summary>{Amount.Count(files.Count, "changed file")}</summary>\n\n");
        text.Append("| file | | + | − |\n|---|---|--:|--:|\n");
        foreach (var file in files.Take(MostRows))
        {
            text.Append($"| {Markdown.Code(Cut(file.Path, 200))} | {Markdown.Text(file.Kind)} ");
            text.Append($"| {file.Additions?.ToString() ?? "binary"} | {file.Deletions?.ToString() ?? ""} |\n");
        }
        if (files.Count > MostRows)
            text.Append($"| and {files.Count - MostRows} more | | | |\n");
        text.Append(isFolded ? "\n</details>\n\n" : "\n");
    }

    private static void AddRedChecks(StringBuilder text, TaskRecord task)
    {
        foreach (var (check, ran) in task.RedChecks.Take(MostRows))
        {
            text.Append($"Check {Markdown.Code(check.Id)}: {Markdown.Text(check.Outcome)}");
            text.Append(check.ExitCode is { } code ? $", exit code {code}" : "");
            text.Append(check.Message is { } message ? $": {Markdown.Text(Cut(message, 500))}\n\n" : "\n\n");
            foreach (var name in (check.NamedTests ?? []).Take(MostRows))
                text.Append($"- {Markdown.Code(Cut(name, 200))}\n");
            if (check.NamedTests is { Count: > 0 } names)
                text.Append(
                    names.Count + (check.MoreTests ?? 0) - MostRows is > 0 and var more
                        ? $"- and {more} more\n\n"
                        : "\n"
                );
            if (ran is { Tail.Length: > 0 })
                text.Append(Markdown.Block(Tail(ran.Tail, MostText))).Append("\n\n");
        }
    }

    private static void AddList<T>(StringBuilder text, string title, IReadOnlyList<T> items, Func<T, string> line)
    {
        if (items.Count == 0)
            return;
        var isFolded = items.Count > OpenRows;
        text.Append(isFolded ? $"<details><summary>{title}: {items.Count}</summary>\n\n" : $"**{title}**\n\n");
        foreach (var item in items.Take(MostRows))
            text.Append($"- {line(item)}\n");
        if (items.Count > MostRows)
            text.Append($"- and {items.Count - MostRows} more\n");
        text.Append(isFolded ? "\n</details>\n\n" : "\n");
    }

    private static string Mark(OutcomeWord word) =>
        word.Tone switch
        {
            "good" => "✅",
            "bad" => "❌",
            _ => "⚠️",
        };

    private static string Changes(TaskEnded end) =>
        end.Changes is null && end.NumTurns > 0 ? "unknown: they were not read"
        : end.Changes is not { Files: > 0 } changes ? "none"
        : $"{Amount.Count(changes.Files, "file")}, +{changes.Additions} −{changes.Deletions} "
            + $"({Markdown.Text(end.Applied.Replace('-', ' '))})";

    private static string Checks(TaskEnded end) =>
        end.Checks.Count == 0
            ? "none"
            : $"{end.Checks.Count(check => check.Outcome == "pass")} of {end.Checks.Count} green, "
                + Amount.Count(end.Checks.Max(check => check.Round), "round")
                + string.Concat(
                    end.Checks.Where(check => check.Flaky == true)
                        .Select(check => $", {Markdown.Code(check.Id)} is flaky")
                );

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..most] + "…";

    private static string Tail(string text, int most) => text.Length <= most ? text : "…" + text[^most..];
}
