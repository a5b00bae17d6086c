using ClawCi.Events;

namespace ClawCi.Artifacts.Findings;

/// <summary>What of a task a reviewer should look at: gates, red checks, denied calls, refused hosts. Each once.</summary>
internal static class TaskFindings
{
    private const int MostText = 1000;

    public static IEnumerable<PlacedFinding> Of(TaskRecord task) =>
        Gates(task).Concat(Checks(task)).Concat(Denials(task)).Concat(Network(task)).Distinct();

    private static IEnumerable<PlacedFinding> Gates(TaskRecord task) =>
        (task.Ended.Changes?.Gates ?? []).Select(gate =>
        {
            var place = gate.Path.Length > 0 ? new FilePlace(gate.Path, gate.Line ?? 1) : PlaceOf(task, "gates");
            return Finding(
                $"gate/{gate.Gate}",
                gate.Action == GateFinding.Block ? FindingLevel.Error : FindingLevel.Warning,
                $"{gate.Action}: {gate.Message}",
                place
            );
        });

    private static IEnumerable<PlacedFinding> Checks(TaskRecord task) =>
        task
            .Ended.Checks.Where(check => check.Outcome != "pass")
            .Select(check =>
            {
                var why =
                    check.Message
                    ?? (check.ExitCode is { } code ? $"{check.Outcome}, exit code {code}" : check.Outcome);
                var tests = check.NamedTests is { Count: > 0 } names ? $": {string.Join(", ", names)}" : "";
                return Finding(
                    $"check/{check.Id}",
                    FindingLevel.Error,
                    $"Check {check.Id} is red: {why}{tests}",
                    PlaceOf(task, "verify.checks")
                );
            });

    private static IEnumerable<PlacedFinding> Denials(TaskRecord task) =>
        task.Digest.Denied.Select(denied =>
            Finding(
                $"policy/{denied.Decision.RuleId ?? "mode"}",
                FindingLevel.Warning,
                $"Denied: {denied.Decision.Tool} {ToolSubject.Of(denied.Call.Input)}: {denied.Decision.Reason}",
                FilePlace.Read(denied.Decision.Source) ?? PlaceOf(task, "mode")
            )
        );

    private static IEnumerable<PlacedFinding> Network(TaskRecord task) =>
        task
            .Digest.Network.Where(use => use.IsDenied)
            .Select(use =>
                Finding(
                    $"network/{use.Rule}",
                    FindingLevel.Warning,
                    $"Refused: {use.Purpose} asked for {use.Address}{(use.Reason is { } reason ? $": {reason}" : "")}",
                    PlaceOf(task, "sandbox.network")
                )
            );

    /// <summary>Where the value stands that a finding is about, else the task file: every task names an image in one.</summary>
    private static FilePlace PlaceOf(TaskRecord task, string key)
    {
        var origins = task.Started?.Origins ?? [];
        return Read(origins.FirstOrDefault(origin => origin.Key == key))
            ?? Read(origins.FirstOrDefault(origin => origin.Key == "sandbox.image"))
            ?? new FilePlace(task.TranscriptPath, 1);

        static FilePlace? Read(Origin? origin) => FilePlace.Read(origin?.Source);
    }

    private static PlacedFinding Finding(string rule, FindingLevel level, string message, FilePlace place) =>
        new(Line(rule, 120), level, Line(message, MostText), VisibleText.Line(place.Path), place.Line);

    private static string Line(string text, int most)
    {
        var line = VisibleText.Line(text.Length <= most ? text : text[..most] + "…");
        return line.Trim();
    }
}
