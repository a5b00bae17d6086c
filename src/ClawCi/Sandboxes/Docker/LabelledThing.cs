namespace ClawCi.Sandboxes.Docker;

/// <summary>A container or a volume of a task's.</summary>
internal sealed record LabelledThing(
    string Id,
    string Name,
    DateTimeOffset Created,
    IDictionary<string, string>? Labels
)
{
    private bool? _isAwaited;

    /// <summary>Null when nobody here can tell. Looked up once: an owner that dies between two questions would answer them differently.</summary>
    public bool? OwnerLives { get; } = OwnerProcess.Parse(Label(Labels, Docker.Labels.Process))?.IsAlive();

    public bool IsOf(SandboxOwner owner) =>
        Label(Docker.Labels.Run) == owner.RunId && Label(Docker.Labels.Task) == owner.TaskId;

    /// <summary>What its parts have in common.</summary>
    public string? Sandbox => Label(Docker.Labels.Sandbox);

    /// <summary>A volume's name is all the id that it has.</summary>
    private bool IsVolume => Id == Name;

    public string Task => $"task {Label(Docker.Labels.Task)} of {OutDirectory}";

    /// <summary>The layers of a run whose process is dead and whose output directory still waits for it. Nothing else outlives its owner.</summary>
    public bool IsResumable => OwnerLives == false && IsVolume && Name == Sandbox && IsAwaited;

    /// <summary>Looked up once, for the same reason.</summary>
    private bool IsAwaited => _isAwaited ??= RunFile.IsOf(OutDirectory, Label(Docker.Labels.Run) ?? "");

    /// <param name="now">By the clock that it was dated with.</param>
    public bool IsLeft(DateTimeOffset now) =>
        OwnerLives is { } lives && !IsResumable
            ? !lives
            : long.TryParse(Label(Docker.Labels.Lease), out var seconds)
                && Created < now.AddSeconds(-Math.Clamp(seconds, 0, int.MaxValue));

    private string? OutDirectory => Label(Docker.Labels.Out) is { Length: > 0 } path ? path : null;

    private string? Label(string name) => Label(Labels, name);

    private static string? Label(IDictionary<string, string>? labels, string name) =>
        labels is not null && labels.TryGetValue(name, out var value) ? value : null;
}
