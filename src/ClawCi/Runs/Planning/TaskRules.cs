using ClawCi.Configuration;
using ClawCi.Permissions;
using ClawCi.Runs.Planning.TaskFiles;

namespace ClawCi.Runs.Planning;

/// <summary>The rules of a task's <c>permissions</c>, a layer of their own.</summary>
internal static class TaskRules
{
    public static PolicyLayer Of(SourceDocument<TaskFile> task) =>
        new([
            .. Read(task, RuleEffect.Deny, "deny", task.Value.Permissions?.Deny),
            .. Read(task, RuleEffect.Allow, "allow", task.Value.Permissions?.Allow),
        ]);

    private static IEnumerable<Rule> Read(
        SourceDocument<TaskFile> task,
        RuleEffect effect,
        string key,
        IReadOnlyList<string>? texts
    ) =>
        (texts ?? []).Select(
            (text, i) =>
                RuleSpelling
                    .Parse(text, out _)!
                    .ToRule(
                        $"task-{key}-{i + 1}",
                        Path.GetFileName(task.File.Name),
                        task.PlaceOf("permissions", key, i).Line,
                        effect
                    )
        );
}
