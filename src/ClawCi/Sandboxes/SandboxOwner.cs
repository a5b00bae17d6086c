namespace ClawCi.Sandboxes;

/// <summary>Whose sandbox it is. Goes into the labels of everything that is made in the daemon, with this process.</summary>
/// <param name="OutDirectory">Where <see cref="RunFile"/> says whether the run can be resumed; null for what never can.</param>
internal sealed record SandboxOwner(string RunId, string TaskId, string? OutDirectory = null);
