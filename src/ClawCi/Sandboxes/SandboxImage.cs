namespace ClawCi.Sandboxes;

/// <summary>The image as the daemon has it.</summary>
/// <param name="Name">As the task names it.</param>
/// <param name="Id">The daemon's own; means nothing to another daemon.</param>
/// <param name="Digest"><c>repository@sha256:…</c>; null for an image that never saw a registry.</param>
/// <param name="Architecture">In Go's spelling: <c>amd64</c>, <c>arm64</c>.</param>
internal sealed record SandboxImage(string Name, string Id, string? Digest, string Architecture);
