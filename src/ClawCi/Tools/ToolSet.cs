using ClawCi.Messages;
using ClawCi.Permissions;

namespace ClawCi.Tools;

/// <summary>The tools of a task.</summary>
internal sealed class ToolSet(IReadOnlyList<Tool> tools, PermissionPolicy policy)
{
    /// <summary>What the model is shown: a tool that is denied outright is not among them.</summary>
    public IReadOnlyList<ToolDefinition> Definitions { get; private set; } =
    [.. tools.Select(tool => tool.Definition).Where(definition => !policy.Hides(definition.Name))];

    public IEnumerable<string> Names => Definitions.Select(definition => definition.Name);

    /// <summary>From now on the model is shown nothing else of the sandbox's, because nothing else is there.</summary>
    /// <returns>What it is shown no longer.</returns>
    public IReadOnlyList<string> Keep(IReadOnlyList<string> there)
    {
        string[] gone = [.. Names.Except(there).Where(name => !ToolNames.IsAnswer(name))];
        if (gone.Length > 0)
            Definitions = [.. Definitions.Where(definition => !gone.Contains(definition.Name))];
        return gone;
    }

    /// <summary>By name, whatever its case; null when there is none, shown or hidden.</summary>
    public Tool? Find(string name) =>
        tools.FirstOrDefault(tool => string.Equals(tool.Definition.Name, name, StringComparison.OrdinalIgnoreCase));
}
