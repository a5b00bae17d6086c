using ClawCi.Messages;
using ClawCi.Permissions;

namespace ClawCi.Tools;

/// <summary>The tools of a task.</summary>
internal sealed class ToolSet(IReadOnlyList<Tool> tools, PermissionPolicy policy)
{
    /// <summary>What the model is shown: a tool that is denied outright is not among them.</summary>
    public IReadOnlyList<ToolDefinition> Definitions { get; } =
    [.. tools.Select(tool => tool.Definition).Where(definition => !policy.Hides(definition.Name))];

    public IEnumerable<string> Names => Definitions.Select(definition => definition.Name);

    /// <summary>By name, whatever its case; null when there is none, shown or hidden.</summary>
    public Tool? Find(string name) =>
        tools.FirstOrDefault(tool => string.Equals(tool.Definition.Name, name, StringComparison.OrdinalIgnoreCase));
}
