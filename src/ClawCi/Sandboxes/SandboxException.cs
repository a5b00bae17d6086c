namespace ClawCi.Sandboxes;

/// <summary>Why a sandbox cannot be had, or was lost.</summary>
internal enum SandboxFailure
{
    /// <summary>No daemon answers at the address.</summary>
    DaemonUnavailable,

    /// <summary>The daemon's socket may not be opened by this user.</summary>
    PermissionDenied,

    /// <summary>The daemon speaks no API version that we speak.</summary>
    DaemonTooOld,

    /// <summary>The image is not there and could not be pulled, or must not be.</summary>
    ImageUnavailable,

    /// <summary>The registry refused the credentials.</summary>
    RegistryAuthentication,

    /// <summary>The daemon's disk, or ours, is full.</summary>
    NoSpace,

    /// <summary>The task wrote more than <c>sandbox.disk</c>.</summary>
    DiskLimit,

    /// <summary>The daemon cannot see the workspace.</summary>
    WorkspaceUnreachable,

    /// <summary>What inspect shows is not what was asked for.</summary>
    HardeningNotEffective,

    /// <summary>The container ended under us, and nothing in it is known to have done that.</summary>
    Lost,

    /// <summary>What ran in the container brought it down.</summary>
    LostToAgent,

    /// <summary>A part of claw-ci itself is not there.</summary>
    Incomplete,

    /// <summary>Any other refusal of the daemon's.</summary>
    Daemon,
}

/// <summary>The sandbox cannot be had, or was lost. The message says what to do about it.</summary>
internal sealed class SandboxException(SandboxFailure failure, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public SandboxFailure Failure { get; } = failure;
}
