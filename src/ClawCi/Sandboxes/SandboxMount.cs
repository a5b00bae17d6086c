namespace ClawCi.Sandboxes;

/// <summary>A directory or file of this machine that a task sees, read-only.</summary>
/// <param name="Source">Without symbolic links.</param>
/// <param name="Target">In the container.</param>
internal sealed record SandboxMount(string Source, string Target);
