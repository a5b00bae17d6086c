using ClawCi.Models;

namespace ClawCi.Runs;

/// <summary>The model of a task and those it falls back on, in order.</summary>
internal sealed class TaskModels(PlannedTask task, RunServices services, CoolDowns coolDowns) : IDisposable
{
    public IReadOnlyList<Model> All { get; } =
    [
        .. task
            .FallbackModels.Prepend(task.Model)
            .Select(choice => Model.Create(choice, services.Endpoints, coolDowns, services.Time, services.Random)),
    ];

    public void Dispose()
    {
        foreach (var model in All)
            model.Dispose();
    }
}
