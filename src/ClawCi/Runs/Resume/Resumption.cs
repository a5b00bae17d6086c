using ClawCi.Conversations;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Models;
using ClawCi.Runs.Planning;
using ClawCi.Sandboxes;
using ClawCi.Sessions;
using ClawCi.Tools;

namespace ClawCi.Runs.Resume;

/// <summary>A task of a killed run that goes on: how far it had come, and what of it is still there.</summary>
/// <param name="Layers">What setup and the agent made; null when the agent had not begun, which begins anew.</param>
/// <param name="CheckoutChanges">Paths in the checkout that somebody changed since the run began: a few of them.</param>
internal sealed record Resumption(Progress Progress, KeptLayers? Layers, IReadOnlyList<string> CheckoutChanges)
{
    private const string InterruptedAnswer =
        "Interrupted: the runner was killed while this ran. It may have had its effect, as a whole, in part or not at all, and it "
        + "is not run again by itself. Look at how things are before you go on.";

    private const string Restarted =
        "The runner was killed and goes on now in a new container. The workspace is as it was; processes, and files outside of "
        + "the workspace such as in /tmp, are gone.";

    /// <summary>Whether the model had been told what to do.</summary>
    public bool IsConversing => Progress.Round > 0;

    public TimeSpan Elapsed => TimeSpan.FromMilliseconds(Progress.ElapsedMs);

    /// <summary>What the model must know of it; null when nothing changed for it.</summary>
    public string? Note
    {
        get
        {
            var lost = Progress.AgentStarted is null || Progress.ToolCalls == 0 ? null : Restarted;
            var changed =
                CheckoutChanges.Count == 0
                    ? null
                    : $"Meanwhile somebody changed the checkout under the workspace: {string.Join(", ", CheckoutChanges)}.";
            return lost is null && changed is null
                ? null
                : string.Join(' ', new[] { lost, changed }.Where(sentence => sentence is not null));
        }
    }

    /// <summary>What the model has handed in, so far.</summary>
    /// <param name="resumed">Null when the task begins.</param>
    public static Answers Answers(PlannedTask task, Resumption? resumed)
    {
        var answers = new Answers(task.Response);
        foreach (var (call, isError) in resumed?.Progress.Finished ?? [])
            answers.TakeOver(call, isError);
        return answers;
    }

    /// <summary>The task with the image that it began with: a tag may have moved.</summary>
    public PlannedTask Pinned(PlannedTask task) =>
        Progress.Started?.Image is { Id: var id }
            ? task with
            {
                Sandbox = task.Sandbox with { Image = id, Pull = PullPolicy.Never },
            }
            : task;

    /// <summary>Says that the task goes on, and answers the call that was under way.</summary>
    public void Begin(IRunObserver events, string version)
    {
        ToolCalled[] unfinished = [.. Progress.Unfinished];
        Raise(
            new Resumed(
                version,
                Layers is not null,
                unfinished.FirstOrDefault()?.ToolUseId,
                CheckoutChanges.Count == 0 ? null : CheckoutChanges
            )
        );
        foreach (var call in unfinished)
        {
            Raise(
                new ToolAnswered(
                    call.ToolUseId,
                    call.Tool,
                    IsError: true,
                    ExitCode: null,
                    DurationMs: 0,
                    Bytes: 0,
                    Truncated: false,
                    Progress.Interrupted,
                    Text: InterruptedAnswer
                )
            );
        }

        void Raise(RunEvent runEvent)
        {
            events.On(runEvent);
            Progress.On(runEvent, default);
        }
    }

    /// <summary>The files that the patch of a task changes.</summary>
    public static IEnumerable<string> FilesOf(TaskDirectory directory) =>
        TranscriptReader
            .Stream(directory.Transcript)
            .Select(line => line.Event)
            .OfType<FileChanged>()
            .Select(file => file.Path);

    /// <summary>Counts what the earlier attempts used.</summary>
    /// <param name="turns">Of its turns, those that are counted already.</param>
    public void Fill(Ledger ledger, ModelChoice model, IReadOnlyList<ModelChoice> fallbacks, int turns = 0)
    {
        var models = fallbacks.Prepend(model).ToList();
        ledger.TakeOver(
            Math.Max(0, Progress.Turns - turns),
            Progress.ToolCalls,
            TimeSpan.FromMilliseconds(Progress.ModelTimeMs),
            [
                .. Progress
                    .Spent.GroupBy(spent => NameOf(spent.Model))
                    .Select(group =>
                        KeyValuePair.Create(
                            group.Key,
                            new ModelShare(
                                group.Aggregate(new Usage(), (sum, one) => sum + one.Usage),
                                group.Aggregate((decimal?)0m, (sum, one) => sum + one.CostUsd)
                            )
                        )
                    ),
                .. Uncounted(),
            ]
        );

        // The transcript has the provider's name of the model.
        string NameOf(string name) =>
            (models.Find(one => one.ToString() == name) ?? models.Find(one => one.Id == name) ?? model).ToString();

        IEnumerable<KeyValuePair<string, ModelShare>> Uncounted()
        {
            foreach (var reply in Progress.Uncounted.Where(reply => reply.Usage is not null))
            {
                var name = NameOf(reply.Model ?? "");
                var price = models.Find(one => one.ToString() == name)!.Facts.Price;
                yield return KeyValuePair.Create(name, new ModelShare(reply.Usage!, price?.Cost(reply.Usage!)));
            }
        }
    }
}
