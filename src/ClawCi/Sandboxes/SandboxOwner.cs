namespace ClawCi.Sandboxes;

/// <summary>Whose sandbox it is. Goes into the labels of everything that is made in the daemon, with this process.</summary>
internal sealed record SandboxOwner(string RunId, string TaskId);
