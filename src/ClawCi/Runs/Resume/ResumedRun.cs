using ClawCi.Runs.Batch;
using ClawCi.Runs.Planning;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Docker;
using ClawCi.Sandboxes.Workspaces;
using ClawCi.Sessions;

namespace ClawCi.Runs.Resume;

/// <summary>Finds out how far a killed run had come and whether it can go on. Looks first at all of its tasks.</summary>
internal sealed class ResumedRun(RunPlan plan, Func<CancellationToken, Task<DockerEngine>> connect)
{
    /// <summary>Reads the transcripts, and puts the checkout back where a kill cut an apply.</summary>
    /// <param name="began">What the plan of each task was made of when the run began.</param>
    /// <returns>By the task's id; a task that was not begun is not among them.</returns>
    /// <exception cref="ResumeException">It cannot go on.</exception>
    /// <exception cref="UserErrorException">A transcript was edited.</exception>
    public async Task<IReadOnlyDictionary<string, Resumption>> ReadAsync(
        IReadOnlyDictionary<string, PlanHashes> began,
        CancellationToken ct
    )
    {
        foreach (var task in plan.Tasks)
            ExpectSamePlan(task, began.GetValueOrDefault(task.Id));
        var resumed = new Dictionary<string, Resumption>();
        foreach (var task in plan.Tasks)
        {
            var directory = new TaskDirectory(plan.OutDirectory, task.Id);
            var lines = File.Exists(directory.Transcript) ? TranscriptReader.Read(directory.Transcript) : [];
            if (lines.Count > 0)
                resumed.Add(task.Id, await FindAsync(task, Progress.Of(RecordedMedia.In(lines, directory)), ct));
        }
        foreach (var task in plan.Tasks.Where(task => resumed.ContainsKey(task.Id)))
            resumed[task.Id] = Settle(task, resumed[task.Id]);
        return resumed;
    }

    private static void ExpectSamePlan(PlannedTask task, PlanHashes? then)
    {
        var difference = then is null ? "the set of its tasks" : then.DifferenceTo(PlanHashes.Of(task));
        if (difference is not null)
            throw new ResumeException(
                $"{difference} of {task.Id} is not what it was when the run began, and a run keeps to one plan. Put it back as it was, or run "
                    + "anew with `claw-ci run --force`."
            );
    }

    private async Task<Resumption> FindAsync(PlannedTask task, Progress progress, CancellationToken ct)
    {
        if (progress.Last!.Envelope.RunId != plan.RunId)
            throw new ResumeException(
                $"the transcript of {task.Id} is of another run, {progress.Last.Envelope.RunId}."
            );
        // Of a task that has ended only the reports may be missing.
        if (progress.Ended is not null || progress.Applied is not null)
            return new Resumption(progress, null, []);
        var commit = BaseCommit.Read(task.Checkout);
        if (progress.Started is { } started && started.BaseCommit != commit)
            throw new ResumeException(
                $"the checkout {task.Checkout} stands on {commit ?? "no commit"}, and the run began on {started.BaseCommit ?? "none"}. Check that "
                    + "out again, or run anew with `claw-ci run --force`."
            );
        var engine = await connect(ct);
        var volumes = await Leftovers.LayersAsync(engine, SandboxMaker.Owner(task, plan), ct);
        var isCarried = task.Session is null || progress.Continued is not null;
        if (
            !isCarried
            || (progress.AgentStarted is null && (progress.SetupSteps == 0 || progress.SetupSteps < task.Setup.Count))
        )
        {
            // It begins anew. With two of them a later resume could not tell which holds the work.
            foreach (var left in volumes)
                await Leftovers.RemoveAsync(engine, left);
            return new Resumption(progress, null, []);
        }
        var earlier = new EarlierAttempts(plan.OutDirectory, task);
        earlier.Read();
        if (earlier.AnyWasCut)
            throw new ResumeException(
                $"an attempt at {task.Id} before this one was killed too, and Docker cannot tell whose work it has. `claw-ci run --only-retryable` "
                    + "begins the task anew."
            );
        if (volumes is not [var volume])
            throw new ResumeException(
                $"Docker no longer has what the agent made in {task.Id}: `claw-ci clean`, a later run after {Labels.LeaseTime.TotalHours:0} hours, or "
                    + "another machine. `claw-ci run --only-retryable` keeps tasks that have ended and begins the others anew."
            );
        var layers = new KeptLayers(volume, progress.AgentStarted, progress.Begun, progress.Last.Envelope.Attempt + 1);
        return new Resumption(progress, layers, Changes(task, progress));
    }

    private IReadOnlyList<string> Changes(PlannedTask task, Progress progress) =>
        progress.AgentStarted is { } started
            ? CheckoutChanges.Since(task.Checkout, started, plan.OutDirectory, progress.ApplyDirectory)
            : [];

    /// <summary>An apply that a kill cut is undone. Where nobody else changed anything, that nobody did counts from now on.</summary>
    private static Resumption Settle(PlannedTask task, Resumption resumed)
    {
        if (resumed.Progress is not { Applied: null, Ended: null } progress)
            return resumed;
        if (progress.ApplyDirectory is { } directory && Applier.Undo(task.Checkout, directory) is { } problem)
            throw new ResumeException(
                $"the patch of {task.Id} was half applied to {task.Checkout} when the run was killed, and cannot be undone: {problem}. What "
                    + $"was where is in {directory}/journal there."
            );
        return resumed.CheckoutChanges.Count > 0 || resumed.Layers?.AgentStarted is null
            ? resumed
            : resumed with
            {
                Layers = resumed.Layers with { AgentStarted = TimeProvider.System.GetUtcNow().AddMilliseconds(1) },
            };
    }
}
