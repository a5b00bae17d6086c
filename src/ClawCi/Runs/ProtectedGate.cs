using ClawCi.ChangeSets;

namespace ClawCi.Runs;

/// <summary>What a change set does to protected paths.</summary>
internal sealed record ProtectedGate(IReadOnlyList<string> Paths, ProtectedChange OnChange)
{
    public static ProtectedGate Of(ChangeSet changes, ProtectedPaths paths) =>
        new([.. changes.Entries.Select(entry => entry.DisplayPath).Where(paths.Matches)], paths.OnChange);

    /// <summary>Whether the task may not end well as it stands.</summary>
    public bool Blocks => Paths.Count > 0 && OnChange == ProtectedChange.Block;

    /// <summary>What the model is told; empty when nothing blocks.</summary>
    public string Feedback =>
        Blocks
            ? $"These paths are protected, and the job fails as long as they are changed: {string.Join(", ", Paths)}. "
                + "Put them back exactly as they were and solve the task without changing them."
            : "";
}
