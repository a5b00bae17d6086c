using System.Text.Json;

namespace ClawCi.Permissions;

/// <summary>Rules instead of prompts: a pure function from a tool call to allow or deny.</summary>
internal sealed class PermissionPolicy(PermissionMode mode, IReadOnlyList<string> requiredTools)
{
    /// <summary>Tools whose denial ends the task policy-blocked.</summary>
    public IReadOnlyList<string> RequiredTools { get; } = requiredTools;

    /// <summary>Whether the tool is denied outright, so that the model is not shown it.</summary>
    public bool Hides(string tool) => mode == PermissionMode.ReadOnly && tool is "bash" or "write_file" or "edit_file";

    /// <param name="tool">The tool's own name, aliases resolved.</param>
    /// <param name="input">Its input, an object.</param>
    public PermissionDecision Decide(string tool, JsonElement input) =>
        Hides(tool)
            ? new(false, null, "built-in", $"{tool} is not available in mode {mode}.", "")
            : new(true, null, "built-in", $"mode {mode}", "");
}
