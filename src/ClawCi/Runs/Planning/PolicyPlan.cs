using ClawCi.Permissions;

namespace ClawCi.Runs.Planning;

/// <summary>
/// Builds a task's policy. The operator's and the caller's policy files may grant a mode beyond the built-in one, the lower
/// of the two holds; the environment and the task only choose below it. Rules of all sources narrow each other.
/// </summary>
internal sealed class PolicyPlan(TaskSource task, IReadOnlyList<Policy> policies, Origins origins)
{
    public PermissionPolicy Resolve(
        string? environmentMode,
        string workspace,
        bool isConfined = true,
        PolicyLayer? command = null
    )
    {
        var mode = Mode(environmentMode);
        PolicyLayer[] layers =
        [
            .. policies.Select(policy => policy.Layer.Granting(policy.MayGrant)),
            TaskRules.Of(task.Document),
            .. command is null ? Array.Empty<PolicyLayer>() : [command],
        ];
        string[] required =
        [
            .. (task.File.Permissions?.RequiredTools ?? []).Select(name => ToolNames.Resolve(name)!).Distinct(),
        ];
        origins.Add("permissions.mode", PermissionPolicy.ModeName(mode.Value!.Value), mode.Source);
        origins.Add(
            "permissions.rules",
            $"{layers.Sum(layer => layer.Rules.Count)}",
            layers.SelectMany(layer => layer.Rules).Select(rule => rule.File).Distinct() is var files && files.Any()
                ? string.Join(", ", files)
                : Origins.BuiltIn
        );
        origins.Add(
            "permissions.required-tools",
            required.Length == 0 ? "none" : string.Join(", ", required),
            required.Length == 0 ? Origins.BuiltIn : task.Document.SourceOf("permissions", "required-tools")
        );
        return new PermissionPolicy(mode.Value!.Value, mode.Source, layers, required, workspace)
        {
            IsConfined = isConfined,
        };
    }

    private Resolved<PermissionMode> Mode(string? environmentMode)
    {
        var granted = new Resolved<PermissionMode>(null, Origins.BuiltIn);
        foreach (var policy in policies.Where(policy => policy.MayGrant))
            granted = granted.AtMost(policy.Document.Value.Mode, () => policy.Document.SourceOf("mode"));
        if (granted.Value is null)
            granted = new(PermissionMode.WorkspaceWrite, Origins.BuiltIn);
        foreach (var policy in policies.Where(policy => !policy.MayGrant))
            granted = granted.AtMost(policy.Document.Value.Mode, () => policy.Document.SourceOf("permissions", "mode"));
        return granted
            .AtMost(
                Control.Given(environmentMode) is { } word ? Control.Mode(word) : null,
                () => Control.PermissionMode
            )
            .AtMost(task.File.Permissions?.Mode, () => task.Document.SourceOf("permissions", "mode"));
    }
}
