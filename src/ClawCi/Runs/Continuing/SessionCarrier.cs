using System.Text.Json;
using System.Text.Json.Nodes;
using ClawCi.Events;
using ClawCi.Runs.Planning;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Workspaces;
using ClawCi.Sessions;

namespace ClawCi.Runs.Continuing;

/// <summary>
/// Puts what an earlier run made into a task's workspace, as if the agent of this run had made it, and finds out what there is not as
/// that run knew it. All of it before the model is asked for the first time.
/// </summary>
internal sealed class SessionCarrier(
    EarlierSession session,
    PlannedTask task,
    ITaskSandbox sandbox,
    IRunObserver events
)
{
    private const int SummaryBytes = 16_000;
    private const int MostNamed = 10;

    /// <param name="progress">Of a run that was killed and goes on.</param>
    /// <param name="events">Told, among other things, of what could not be taken over as it was.</param>
    /// <returns>What the model is told with its task; null when the task begins, or the model knows it.</returns>
    /// <exception cref="PatchRefusedException">The patch does not fit the workspace.</exception>
    public static async Task<string?> CarryAsync(
        PlannedTask task,
        ITaskSandbox sandbox,
        Progress? progress,
        IRunObserver events,
        TaskClock clock
    )
    {
        if (task.Session is not { } session || progress is { Round: > 0 })
            return null;
        if (progress?.Continued is { } done)
            return EarlierWords.Of(session.File, done, task.CompactAtTokens);
        using var awaiting = clock.Awaiting("session");
        var carrier = new SessionCarrier(session, task, sandbox, events);
        var continued = await carrier.CarryAsync(clock.Token);
        events.On(continued);
        foreach (var warning in Warnings(continued))
            events.On(new Warned(warning));
        return EarlierWords.Of(session.File, continued, task.CompactAtTokens);
    }

    private async Task<Continued> CarryAsync(CancellationToken ct)
    {
        List<string> changed = [];
        List<string> gone = [];
        var applied = 0;
        var seen = session.File.Files.Where(IsToBeLookedAt).ToList();
        if (session.Patch.Length > 0 || seen.Count > 0)
        {
            (var container, applied) = await StartAsync(ct);
            await using var owned = container;
            events.On(
                new SandboxStarted(
                    "agent",
                    container.ContainerId,
                    (long)container.StartDuration.TotalMilliseconds,
                    sandbox.Workspace
                )
            );
            foreach (var each in seen)
            {
                var now = await HashAsync(container, each.Path, ct);
                if (now != each.Sha256)
                    (now is null ? gone : changed).Add(VisibleText.Line(each.Path));
            }
        }
        var commit = BaseCommit.Read(task.Checkout);
        var file = session.File;
        return new Continued(
            file.RunId,
            file.TaskId,
            session.Sha256,
            file.Outcome,
            file.Reason,
            IsOtherTask(file.Task, task.Prompt),
            file.BaseCommit == commit ? null : file.BaseCommit,
            session.PatchedFiles.Count,
            applied,
            changed,
            gone,
            new CarriedNotes(
                EarlierWords.Summary(file, SummaryBytes),
                file.Decisions,
                file.Plan ?? [],
                file.Files,
                file.Commands,
                file.OpenFailures
            )
        );
    }

    private async Task<(Sandbox Sandbox, int Applied)> StartAsync(CancellationToken ct) =>
        session.Patch.Length > 0
            ? await sandbox.StartPatchedAgentAsync(session.Patch, ct)
            : (await sandbox.StartAgentAsync(ct), 0);

    /// <summary>What the patch changes is as that run left it.</summary>
    private bool IsToBeLookedAt(SeenFile file) =>
        file.Sha256 is not null
        && Relative(file.Path) is { } path
        && !session.PatchedFiles.Contains(path, StringComparer.Ordinal);

    /// <summary>Null when it is, or was then, outside of the workspace.</summary>
    private string? Relative(string path)
    {
        var root = task.Sandbox.Workspace.TrimEnd('/') + "/";
        if (path.StartsWith(root, StringComparison.Ordinal))
            path = path[root.Length..];
        while (path.StartsWith("./", StringComparison.Ordinal))
            path = path[2..];
        return path.StartsWith('/') ? null : path;
    }

    /// <summary>Null when there is no file that could be read.</summary>
    private static async Task<string?> HashAsync(Sandbox container, string path, CancellationToken ct)
    {
        var input = new JsonObject { ["path"] = path, ["limit"] = 1 };
        var answer = await container.CallAsync(
            "read_file",
            JsonElement.Parse(input.ToJsonString()),
            commandTimeout: null,
            ct
        );
        return answer.IsError ? null : answer.FileSha256 ?? "";
    }

    /// <summary>What was said to the model began with the task; hooks and checks may have added to it.</summary>
    private static bool IsOtherTask(string said, string prompt) =>
        said != prompt && !said.StartsWith($"{prompt}\n\n", StringComparison.Ordinal);

    private static IEnumerable<string> Warnings(Continued continued)
    {
        var run = $"run {continued.FromRun}";
        if (continued.IsOtherTask)
            yield return $"The session is of another task: {run} was asked something else. What this task says counts.";
        if (continued.BaseCommit is { } commit)
            yield return $"The checkout does not stand on the commit that {run} began on, {commit}.";
        if (continued.Applied < continued.PatchFiles)
            yield return $"Of the {continued.PatchFiles} files that {run} changed, {continued.PatchFiles - continued.Applied} are in the checkout "
                + "already, and will not be in this run's patch.";
        if (continued.Changed.Count > 0)
            yield return $"Changed since {run} saw them: {Named(continued.Changed)}. The model is told.";
        if (continued.Gone.Count > 0)
            yield return $"Gone since {run} saw them: {Named(continued.Gone)}. The model is told.";
    }

    private static string Named(IReadOnlyList<string> paths) =>
        string.Join(", ", paths.Take(MostNamed))
        + (paths.Count > MostNamed ? $" and {paths.Count - MostNamed} more" : "");
}
