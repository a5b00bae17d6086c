using System.ComponentModel;
using ClawCi.Configuration;
using ClawCi.Permissions;

namespace ClawCi.Runs.Planning.TaskFiles;

/// <summary>The <c>permissions</c> of a task file: they narrow the policy, never widen it.</summary>
[Refused("ask", "is not possible: nobody is there to answer. Write `allow` or `deny`.")]
internal sealed record PermissionsSection
{
    [Description("The most that the task may do when no rule says otherwise.")]
    public PermissionMode? Mode { get; init; }

    [Description("Tool calls that are denied, such as bash(git push:*) or edit_file(docs/**).")]
    [Text(TextFormat.NotEmpty)]
    public IReadOnlyList<string>? Deny { get; init; }

    [Description("Tool calls that are allowed; other calls of a tool that is named here are denied.")]
    [Text(TextFormat.NotEmpty)]
    public IReadOnlyList<string>? Allow { get; init; }

    [Description("Tools without which the task cannot succeed: if one is denied, it ends policy-blocked.")]
    [Text(TextFormat.NotEmpty)]
    public IReadOnlyList<string>? RequiredTools { get; init; }
}
