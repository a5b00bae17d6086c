using ClawCi.Artifacts;
using ClawCi.Events;
using Serilog;

namespace ClawCi.Cli.Console;

/// <summary>The last lines about a task: outcome, reason, changes, checks, cost, time, where the report is.</summary>
internal sealed class EndBlock(ILogger log, LineCutter cut)
{
    private const int MostFiles = 12;

    public void Write(string name, TaskEnded ended, IReadOnlyList<FileChanged> files, string reportPath)
    {
        var word = OutcomeWord.Of(ended.Outcome);
        log.Information("");
        log.Information(
            word.IsGood ? "{Sign:green} {Name:bold}  {Outcome:green}" : "{Sign:red} {Name:bold}  {Outcome:red}",
            word.Sign,
            name,
            ended.Outcome
        );
        log.Information("  {Message}", ended.Message);
        WriteChanges(ended, files);
        if (ended.Checks.Count > 0)
        {
            var rounds = Amount.Count(ended.Checks.Max(check => check.Round), "round");
            var checks = ended.Checks.Select(check =>
                $"{check.Id} {(check.Outcome == "pass" ? "✓" : "✗ " + check.Outcome)}{(check.Flaky == true ? " flaky" : "")}"
            );
            log.Information("  checks   {Checks}  {Rounds:dim}", string.Join("  ", checks), rounds);
        }
        if (ended.PermissionDenials.Count > 0)
            log.Information("  denied   {Denials}", Amount.Count(ended.PermissionDenials.Count, "tool call"));
        if (ended.OpenTodos is { Count: > 0 } todos)
            log.Information(
                "  to do    {Open} on the model's own list: {First:dim}",
                $"{todos.Count} left open",
                cut.Line(string.Join("; ", todos), 44)
            );
        log.Information("  cost     {Cost}  {Tokens:dim}", Amount.Cost(ended.TotalCostUsd), Amount.Tokens(ended.Usage));
        log.Information(
            "  time     {Time}  {Turns:dim}",
            Amount.Duration(ended.DurationMs),
            Amount.Count(ended.NumTurns, "turn")
        );
        log.Information("  report   {Report}", reportPath);
    }

    private void WriteGates(IReadOnlyList<GateFinding> findings)
    {
        foreach (var finding in findings.Take(MostFiles))
            log.Warning("  gate     {Action:yellow}  {Finding}", finding.Action, cut.Line($"{finding}", 19));
        if (findings.Count > MostFiles)
            log.Warning("           and {More} more", findings.Count - MostFiles);
    }

    private void WriteChanges(TaskEnded ended, IReadOnlyList<FileChanged> files)
    {
        if (ended.Changes is not { Files: > 0 } changes)
        {
            log.Information(
                "  changes  {None}",
                cut.Line(ended.Changes is null && ended.NumTurns > 0 ? "unknown: they were not read" : "none", 11)
            );
            return;
        }
        log.Information(
            "  changes  {Files}, {Lines}, {Applied}",
            Amount.Count(changes.Files, "file"),
            $"+{changes.Additions} −{changes.Deletions}",
            ended.Applied
        );
        foreach (var file in files.Take(MostFiles))
        {
            var lines = file.Additions is null ? "binary" : $"+{file.Additions} −{file.Deletions}";
            log.Information("           {Path}  {Lines:dim}  {Kind:dim}", cut.Line(file.Path, 40), lines, file.Kind);
        }
        if (files.Count > MostFiles)
            log.Information("           and {More} more", files.Count - MostFiles);
        WriteGates(changes.Gates ?? []);
    }
}
