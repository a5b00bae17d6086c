using ClawCi.Events;

namespace ClawCi.Artifacts;

/// <summary>What became of a task's work, in a sentence for somebody who reads no more than that.</summary>
internal static class Consequence
{
    public static string Of(TaskEnded end) =>
        end.Changes switch
        {
            null when end.NumTurns == 0 => "The model was not asked.",
            null => "What it changed was not read.",
            { Files: 0 } => "No file was changed.",
            { PatchBytes: 0 } changes => $"{Changed(changes)}; the patch is withheld.",
            var changes => $"{Changed(changes)}{Delivery(end.Applied)}",
        } + (end is { ExitCode: 0, Checks.Count: 0, Changes.Files: > 0 } ? " No check verified that it works." : "");

    private static string Changed(ChangeSummary changes) =>
        $"{Amount.Count(changes.Files, "file was", "files were")} changed";

    private static string Delivery(string applied) =>
        applied switch
        {
            "applied" => " and the changes applied to the workspace.",
            "failed" => "; the changes no longer fit the workspace and were not applied.",
            _ => "; the changes are in the patch and were not applied.",
        };
}
