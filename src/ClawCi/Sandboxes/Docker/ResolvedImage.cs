namespace ClawCi.Sandboxes.Docker;

/// <param name="Volumes">Paths at which the image wants a volume of its own.</param>
internal sealed record ResolvedImage(SandboxImage Image, IReadOnlyList<string> Volumes);
