namespace ClawCi.Sandboxes.Docker;

/// <summary>The marks on everything of ours in a daemon. What lacks them is never touched.</summary>
internal static class Labels
{
    /// <summary>Its value is the thing's role.</summary>
    public const string Ours = "claw-ci";
    public const string Sandbox = "claw-ci.sandbox";
    public const string Run = "claw-ci.run";
    public const string Task = "claw-ci.task";
    public const string Out = "claw-ci.out";
    public const string Process = "claw-ci.process";
    public const string Lease = "claw-ci.lease-seconds";

    public const string TaskRole = "task";
    public const string ToolServerRole = "toolserver";
    public const string ScratchRole = "scratch";

    /// <summary>How long something may live whose owner nobody here can look for, or is dead and may be resumed. Longer than any run.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromHours(48);

    /// <summary>Of everything that one task's place to work is made of.</summary>
    public static Dictionary<string, string> For(SandboxOwner owner, string sandbox) =>
        new()
        {
            [Ours] = TaskRole,
            [Sandbox] = sandbox,
            [Run] = owner.RunId,
            [Task] = owner.TaskId,
            [Out] = owner.OutDirectory ?? "",
            [Process] = OwnerProcess.Current.ToString(),
            [Lease] = $"{LeaseTime.TotalSeconds:0}",
        };
}
