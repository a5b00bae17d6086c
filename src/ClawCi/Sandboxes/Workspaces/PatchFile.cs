namespace ClawCi.Sandboxes.Workspaces;

/// <summary>A written patch, for <c>git apply</c> on the very bytes of the checkout.</summary>
internal sealed record PatchFile(IReadOnlyList<PatchedFile> Files, long Bytes);

/// <summary>One file of a patch.</summary>
/// <param name="Path">Display form.</param>
/// <param name="Kind"><c>added</c>, <c>modified</c>, <c>deleted</c>, or <c>type-changed</c> between file and symlink.</param>
/// <param name="Additions">Lines; null for a binary file.</param>
/// <param name="Deletions">Lines; null for a binary file.</param>
internal sealed record PatchedFile(string Path, string Kind, int? Additions, int? Deletions);
