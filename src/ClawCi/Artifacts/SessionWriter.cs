using System.Text.Json;
using ClawCi.Events;
using ClawCi.Messages;

namespace ClawCi.Artifacts;

/// <summary><c>session.json</c> of each task.</summary>
internal sealed class SessionWriter : IArtifactWriter
{
    public IEnumerable<Artifact> Write(RunRecord run)
    {
        foreach (var task in run.Tasks)
        {
            Message[] messages =
            [
                .. task.Events<MessageAdded>().Select(added => new Message(added.Role, added.Content)),
            ];
            var session = new SessionFile(
                SessionFile.CurrentSchema,
                task.Ended.SessionId,
                run.RunId,
                task.Id,
                task.Started?.Model,
                task.Started?.BaseCommit,
                task.Ended.Outcome,
                task.Ended.Reason,
                messages.FirstOrDefault(message => message.Role == Role.User)?.Text ?? "",
                task.Started?.System,
                task.Digest.Files,
                messages
            );
            var text = JsonSerializer.Serialize(session, SessionJson.Indented.SessionFile);
            yield return new($"tasks/{task.Id}/session.json", text + "\n");
        }
    }
}
