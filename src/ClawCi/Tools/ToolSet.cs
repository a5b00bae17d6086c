using ClawCi.Messages;
using ClawCi.Permissions;

namespace ClawCi.Tools;

/// <summary>The tools of a task: those of its sandbox, and those of others, which may change on the way.</summary>
internal sealed class ToolSet(IReadOnlyList<Tool> tools, PermissionPolicy policy)
{
    private IReadOnlyList<ToolDefinition> _own =
    [
        .. tools.Select(tool => tool.Definition).Where(definition => !policy.Hides(definition.Name)),
    ];

    private IReadOnlyList<Tool> _others = [];

    /// <summary>What the model is shown: a tool that is denied outright is not among them.</summary>
    public IReadOnlyList<ToolDefinition> Definitions => [.. _own, .. _others.Select(tool => tool.Definition)];

    public IEnumerable<string> Names => Definitions.Select(definition => definition.Name);

    /// <summary>For a conversation below this one: of what is offered now those that it keeps.</summary>
    /// <param name="narrower">What decides there; no more than here.</param>
    public ToolSet Narrowed(PermissionPolicy narrower, Func<Tool, bool> keeps)
    {
        var offered = _own.Select(definition => definition.Name).ToHashSet();
        var set = new ToolSet(
            [.. tools.Where(tool => offered.Contains(tool.Definition.Name) && keeps(tool))],
            narrower
        );
        set.Add([.. _others.Where(keeps)]);
        return set;
    }

    /// <summary>From now on the model is shown no other tool of the sandbox, because no other is there.</summary>
    /// <returns>What it is shown no longer.</returns>
    public IReadOnlyList<string> Keep(IReadOnlyList<string> there)
    {
        string[] gone =
        [
            .. _own.Select(definition => definition.Name).Except(there).Where(name => !ToolNames.IsOfRunner(name)),
        ];
        if (gone.Length > 0)
            _own = [.. _own.Where(definition => !gone.Contains(definition.Name))];
        return gone;
    }

    /// <summary>Of MCP servers, in the place of those that were added before. What no rule grants is not shown, and not there. From any thread.</summary>
    public void Add(IReadOnlyList<Tool> others) => _others = [.. others.Where(tool => !policy.Hides(tool.Mcp!))];

    /// <summary>Tools of MCP servers that the task cannot do without, and that are not there.</summary>
    public IEnumerable<string> Missing =>
        policy.RequiredTools.Where(name =>
            ToolNames.IsMcp(name) && !_others.Any(tool => new McpPattern(null, null, name).Matches(tool.Mcp!))
        );

    /// <summary>Whether calls of it run at the same time when they stand next to each other.</summary>
    public bool RunsBeside(string name) => Find(name) is { RunsBeside: true };

    /// <summary>By name, whatever its case; null when there is none, shown or hidden.</summary>
    public Tool? Find(string name) =>
        tools
            .Concat(_others)
            .FirstOrDefault(tool => string.Equals(tool.Definition.Name, name, StringComparison.OrdinalIgnoreCase));
}
