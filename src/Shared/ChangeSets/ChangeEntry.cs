namespace ClawCi.ChangeSets;

/// <summary>A file that was added (no old state), deleted (no new state) or modified.</summary>
/// <param name="Path">Relative to the workspace, components joined by <c>/</c>: bytes, in no encoding.</param>
/// <param name="Old">As the agent found it: the checkout's, or what setup had made of that.</param>
internal sealed record ChangeEntry(byte[] Path, FileState? Old, FileState? New)
{
    /// <summary>For people, JSON and globs; see <see cref="ChangePath.Display"/>.</summary>
    public string DisplayPath { get; } = ChangePath.Display(Path);

    /// <summary>Null where the agent found the checkout's own file.</summary>
    public OwnFile? Own { get; init; }

    /// <summary>As a change of the checkout; null when the file is again what it is there.</summary>
    public ChangeEntry? OfCheckout() =>
        Own is null ? this
        : Own.State is null ? (New is null ? null : new(Path, null, New))
        : New is not null && Own.State.Matches(New) ? null
        : new(Path, Own.State, New);
}
