using System.Text;
using System.Text.Json;
using ClawCi.Configuration;

namespace ClawCi.Runs.Planning;

/// <summary>A plan for people and for programs.</summary>
internal static class PlanPrinter
{
    /// <summary>An aligned table of effective values with their origins, one block a task.</summary>
    public static string Text(RunPlan plan)
    {
        var text = new StringBuilder();
        foreach (var task in plan.Tasks)
        {
            text.Append($"task {task.Id}\n");
            var rows = task.Origins;
            var keys = rows.Max(row => row.Key.Length);
            var values = Math.Min(48, rows.Max(row => row.Value.Length));
            foreach (var row in rows)
                text.Append($"  {row.Key.PadRight(keys)}  {row.Value.PadRight(values)}  {row.Source}\n");
            Section(text, "cost", [Forecast.Of(task, plan.MaxCostUsd).Text]);
            Section(text, "context", [$"{PromptSize.Of(plan, task)}"]);
            Section(
                text,
                "rules",
                task.Policy.Layers.SelectMany(layer => layer.Rules)
                    .Select(rule => $"{rule.Effect.ToString().ToLowerInvariant()} {rule}  [{rule.Id}, {rule.Source}]")
            );
            Section(
                text,
                "loaded",
                task.Parts.Select(part =>
                    $"{part.Kind} {part.Name}  [{part.Source}]{(part.Refused is { } why ? $"  refused: {why}" : "")}"
                )
            );
            Section(text, "setup", task.Setup.Select(step => OneLine(step.Run)));
            Section(
                text,
                "checks",
                task.Verify.Checks.Select(check =>
                    $"{check.Id}: {OneLine(check.Run)}  [{Duration.Write(check.Timeout)}]"
                )
            );
            Section(text, "prompt", task.Prompt.TrimEnd().Split('\n'));
        }
        text.Append($"out {plan.OutDirectory}\n");
        if (plan.Deadline is { } timeout)
            text.Append($"timeout of the run {Duration.Write(timeout)}  --timeout\n");
        if (plan.MaxCostUsd is { } cost)
            text.Append($"cost limit of the run {cost} USD  --max-cost-usd\n");
        return text.ToString();
    }

    /// <summary>One JSON object, indented.</summary>
    public static string Json(RunPlan plan) =>
        JsonSerializer.Serialize(PlanView.Of(plan), PlanViewJson.Readable.PlanView) + "\n";

    /// <summary>What the plan's hash is of: everything but where and when it runs.</summary>
    public static string Canonical(PlannedTask task) =>
        JsonSerializer.Serialize(PlannedTaskView.Of(task), PlanViewJson.Readable.PlannedTaskView);

    private static void Section(StringBuilder text, string title, IEnumerable<string> lines)
    {
        var first = true;
        foreach (var line in lines)
        {
            if (first)
                text.Append($"  {title}\n");
            first = false;
            text.Append($"    {line}".TrimEnd()).Append('\n');
        }
    }

    private static string OneLine(string command) => command.Trim().ReplaceLineEndings("; ");
}
