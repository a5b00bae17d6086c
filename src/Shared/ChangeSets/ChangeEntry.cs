namespace ClawCi.ChangeSets;

/// <summary>A file that was added (no old state), deleted (no new state) or modified.</summary>
/// <param name="Path">Relative to the workspace, components joined by <c>/</c>: bytes, in no encoding.</param>
internal sealed record ChangeEntry(byte[] Path, FileState? Old, FileState? New)
{
    /// <summary>For people, JSON and globs; see <see cref="ChangePath.Display"/>.</summary>
    public string DisplayPath { get; } = ChangePath.Display(Path);
}
