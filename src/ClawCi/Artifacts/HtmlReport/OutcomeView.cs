using ClawCi.Events;

namespace ClawCi.Artifacts.HtmlReport;

/// <summary>What a reader wants to know first: the outcome, why, and the figures.</summary>
internal static class OutcomeView
{
    /// <param name="consequence">What became of the work; empty for a run of several tasks.</param>
    public static Html Panel(RunResult result, string consequence)
    {
        var word = OutcomeWord.Of(result.Outcome);
        return $"""
            <div class="outcome {word.Tone}">
            <span class="sign" aria-hidden="true">{word.Sign}</span>
            <div><p class="title">{word.Title}</p><p class="reason">{result.Message} {consequence}</p>
            <p class="meta"><code>{result.Outcome}</code> · {(
                result.Reason == result.Outcome ? "" : $"{result.Reason} · "
            )}exit code {result.ExitCode}{(
                result.Retryable ? " · worth running again" : ""
            )}</p></div></div>

            """;
    }

    public static Html Tiles(TaskRecord task)
    {
        var end = task.Ended;
        var input = end.Usage.InputTokens + end.Usage.CacheCreationInputTokens + end.Usage.CacheReadInputTokens;
        return $"""
            <dl class="tiles">
            {Tile("Changes", Changes(end), Delivery(end))}
            {Tile("Checks", Checks(end), Rounds(end))}
            {Tile(
                "Cost",
                $"{Amount.Cost(end.TotalCostUsd)}",
                $"{Amount.Short(input)} tokens in, {Amount.Short(end.Usage.OutputTokens)} out"
            )}
            {Tile(
                "Time",
                $"{Amount.Duration(end.DurationMs)}",
                $"{Amount.Duration(end.DurationApiMs)} of it the model"
            )}
            {Tile("Work", $"{Amount.Count(end.NumTurns, "turn")}", $"{Amount.Count(task.Digest.ToolCalls, "tool call")}{Denials(end)}")}
            {Tile("Model", Model(task), task.Started?.Image?.Name ?? "no image")}
            </dl>

            """;
    }

    private static Html Tile(string label, Html value, string below) =>
        $"""<div><dt>{label}</dt><dd>{value}<small>{below}</small></dd></div>""";

    private static Html Changes(TaskEnded end) =>
        end.Changes is not { Files: > 0 } changes
            ? (Html)$"{(end.Changes is null && end.NumTurns > 0 ? "unknown" : "none")}"
            : $"""{Amount.Count(changes.Files, "file")} <span class="lines"><b class="plus">+{changes.Additions}</b> <b class="minus">−{changes.Deletions}</b></span>""";

    private static Html Checks(TaskEnded end)
    {
        if (end.Checks.Count == 0)
            return $"none";
        var green = end.Checks.Count(check => check.Outcome == "pass");
        return green == end.Checks.Count
            ? (Html)$"""<span class="plus">{green} of {green} green</span>"""
            : $"""<span class="minus">{end.Checks.Count - green} of {end.Checks.Count} red</span>""";
    }

    private static string Rounds(TaskEnded end) =>
        end.Checks.Count == 0
            ? "nothing was verified"
            : $"after {Amount.Count(end.Checks.Max(check => check.Round), "round")}"
                + string.Concat(
                    end.Checks.Where(check => check.Flaky == true).Select(check => $", {check.Id} is flaky")
                );

    private static string Delivery(TaskEnded end) =>
        end.Changes is null && end.NumTurns == 0 ? "the model was not asked"
        : end.Changes is null ? "they were not read"
        : end.Changes.Files == 0 ? "the patch is empty"
        : end.Changes.PatchBytes == 0 ? "the patch is withheld"
        : end.Applied switch
        {
            "applied" => "applied to the workspace",
            "not-applied" => "not applied; see the patch",
            "failed" => "could not be applied",
            _ => end.Applied,
        };

    private static Html Model(TaskRecord task)
    {
        var model = task.Started?.Model ?? "unknown";
        var name = model[(model.LastIndexOf('/') + 1)..];
        return $"""<span class="model">{name}</span>""";
    }

    private static string Denials(TaskEnded end) =>
        end.PermissionDenials.Count == 0 ? "" : $", {end.PermissionDenials.Count} denied";
}
