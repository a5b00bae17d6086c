using System.Text.Json;
using ClawCi.Events;

namespace ClawCi.Artifacts;

/// <summary><c>result.json</c> of each task, which is its last event, and of the run.</summary>
internal sealed class ResultWriter : IArtifactWriter
{
    public IEnumerable<Artifact> Write(RunRecord run)
    {
        foreach (var task in run.Tasks)
        {
            var text = JsonSerializer.Serialize(task.Ended, EventJson.Indented.RunEvent);
            yield return new($"tasks/{task.Id}/result.json", text + "\n");
        }
        yield return new("result.json", RunResult.Json(run));
    }
}
