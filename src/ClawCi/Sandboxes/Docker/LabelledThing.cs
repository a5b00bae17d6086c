namespace ClawCi.Sandboxes.Docker;

/// <summary>A container or a volume of a task's.</summary>
internal sealed record LabelledThing(
    string Id,
    string Name,
    DateTimeOffset Created,
    IDictionary<string, string>? Labels
)
{
    /// <summary>Null when nobody here can tell.</summary>
    public bool? OwnerLives => OwnerProcess.Parse(Label(Docker.Labels.Process))?.IsAlive();

    public bool IsLeft(DateTimeOffset now) =>
        OwnerLives is { } lives
            ? !lives
            : long.TryParse(Label(Docker.Labels.Lease), out var seconds)
                && Created < now.AddSeconds(-Math.Clamp(seconds, 0, int.MaxValue));

    private string? Label(string name) => Labels is not null && Labels.TryGetValue(name, out var value) ? value : null;
}
