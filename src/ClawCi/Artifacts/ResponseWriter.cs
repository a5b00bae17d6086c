using ClawCi.Runs;

namespace ClawCi.Artifacts;

/// <summary><c>response.json</c> of each task that has a structured answer.</summary>
internal sealed class ResponseWriter : IArtifactWriter
{
    public IEnumerable<Artifact> Write(RunRecord run)
    {
        foreach (var task in run.Tasks)
        {
            if (task.Ended.StructuredOutput is { } response)
                yield return new($"tasks/{task.Id}/{TaskDirectory.ResponseName}", IndentedJson.Of(response));
        }
    }
}
