namespace ClawCi.Sandboxes;

/// <summary>What confines the agent.</summary>
internal enum SandboxKind
{
    /// <summary>A hardened container.</summary>
    Docker,

    /// <summary>Nothing but another user, where the runner can give it one: for runners that are thrown away after the run.</summary>
    None,
}
