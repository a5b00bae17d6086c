using System.Globalization;
using ClawCi.Models;
using ClawCi.Runs.Subagents;

namespace ClawCi.Runs.Planning;

/// <summary>Resolves a task's subagents: how many, and of which types.</summary>
internal static class SubagentPlanner
{
    private const int BuiltIn = 2;

    /// <returns>Null when the task asks for none.</returns>
    public static SubagentsPlan? Resolve(
        TaskSource task,
        string workspace,
        IEnumerable<ModelChoice> models,
        Origins origins
    )
    {
        if (task.File.Subagents is not { } section)
            return null;
        var max = section.Max ?? BuiltIn;
        origins.Add(
            "subagents.max",
            max.ToString(CultureInfo.InvariantCulture),
            section.Max is null ? Origins.BuiltIn : task.Document.SourceOf("subagents", "max")
        );
        return new(
            max,
            SubagentFiles.Find(
                workspace,
                [.. models.Select(model => model.ToString())],
                (file, what) => origins.Add($"subagents.types.{VisibleText.Line(file)}", what, "the workspace")
            )
        );
    }
}
