namespace ClawCi.Sandboxes.Workspaces;

/// <summary>The git configuration of a checkout without its credentials.</summary>
/// <param name="Files">What has to lie over the real files in the sandbox; empty without a repository of its own.</param>
/// <param name="Secrets">Secret values that were taken out, as they stand and decoded, for masking.</param>
internal sealed record SanitizedGitConfig(IReadOnlyList<SanitizedFile> Files, IReadOnlyList<string> Secrets);

/// <param name="Path">Relative to the checkout, such as <c>.git/config</c>.</param>
internal sealed record SanitizedFile(string Path, byte[] Content);
