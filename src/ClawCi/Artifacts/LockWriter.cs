using System.Text.Json.Nodes;

namespace ClawCi.Artifacts;

/// <summary>
/// <c>claw-ci.lock</c>: what the run resolved, so that two runs can be compared by a text diff. No times and no run id:
/// the same inputs give the same file.
/// </summary>
internal sealed class LockWriter : IArtifactWriter
{
    public IEnumerable<Artifact> Write(RunRecord run)
    {
        var first = run.Tasks.Select(task => task.Started).FirstOrDefault(started => started is not null);
        var tasks = new JsonObject();
        foreach (var task in run.Tasks)
            tasks[task.Id] = Task(task);
        var content = new JsonObject
        {
            ["version"] = 1,
            ["claw-ci"] = first?.Version,
            ["base-commit"] = first?.BaseCommit,
            ["tasks"] = tasks,
        };
        yield return new("claw-ci.lock", IndentedJson.Of(content));
    }

    private static JsonObject? Task(TaskRecord task) =>
        task.Started is not { } started
            ? null
            : new JsonObject
            {
                ["model"] = started.Model,
                ["image"] = started.Image is not { } image
                    ? null
                    : new JsonObject
                    {
                        ["name"] = image.Name,
                        ["id"] = image.Id,
                        ["digest"] = image.Digest,
                    },
                ["tools"] = new JsonArray([.. started.Tools.Select(tool => JsonValue.Create(tool))]),
                ["task-sha256"] = started.TaskHash,
                ["policy-sha256"] = started.PolicyHash,
                ["plan-sha256"] = started.PlanHash,
            };
}
