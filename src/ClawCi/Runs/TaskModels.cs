using ClawCi.Models;
using ClawCi.Models.Replay;
using ClawCi.Runs.Planning;

namespace ClawCi.Runs;

/// <summary>The model of a task and those it falls back on, in order.</summary>
/// <param name="asked">How often an earlier attempt of the run had asked: a script or a recording goes on from there.</param>
/// <param name="askedBelow">How often of these subagents had.</param>
internal sealed class TaskModels(
    PlannedTask task,
    RunServices services,
    CoolDowns coolDowns,
    TaskDirectory directory,
    int asked,
    int askedBelow
) : IDisposable
{
    public IReadOnlyList<Model> All { get; } =
    [
        .. task
            .FallbackModels.Prepend(task.Model)
            .Select(choice =>
                Model.Create(
                    choice,
                    services.Endpoints,
                    coolDowns,
                    services.Time,
                    services.Random,
                    text => services.Masker.Apply(text).Text,
                    services.Record ? new Recording(directory[TaskDirectory.RecordingName]) : null,
                    asked,
                    askedBelow
                )
            ),
    ];

    public void Dispose()
    {
        foreach (var model in All)
            model.Dispose();
    }
}
