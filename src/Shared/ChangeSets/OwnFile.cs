namespace ClawCi.ChangeSets;

/// <summary>What the checkout itself has where setup had made something else of it.</summary>
/// <param name="State">Null when it has no such file.</param>
internal sealed record OwnFile(FileState? State);
