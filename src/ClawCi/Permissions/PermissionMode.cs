namespace ClawCi.Permissions;

/// <summary>What a task may do when no rule says otherwise; each mode includes the one before.</summary>
internal enum PermissionMode
{
    ReadOnly,
    WorkspaceWrite,
    DangerFullAccess,
}
