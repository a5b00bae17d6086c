using System.Text.Json;

namespace ClawCi.Permissions;

/// <summary>Rules instead of prompts: a pure function from a tool call to allow or deny.</summary>
/// <param name="modeSource">Who said the mode: <c>built-in</c>, <c>policy.yaml:2</c>, <c>CLAW_CI_PERMISSION_MODE</c>.</param>
/// <param name="layers">Each may only narrow.</param>
/// <param name="workspace">The workspace's absolute path in the sandbox, which paths are relative to.</param>
internal sealed class PermissionPolicy(
    PermissionMode mode,
    string modeSource,
    IReadOnlyList<PolicyLayer> layers,
    IReadOnlyList<string> requiredTools,
    string workspace
)
{
    public PermissionMode Mode { get; } = mode;

    /// <summary>Whether a sandbox confines bash. Without one it is full access to the machine.</summary>
    public bool IsConfined { get; init; } = true;

    /// <summary>The rules of each source; a call must pass all of them.</summary>
    public IReadOnlyList<PolicyLayer> Layers { get; } = layers;

    /// <summary>Tools whose denial ends the task policy-blocked.</summary>
    public IReadOnlyList<string> RequiredTools { get; } = requiredTools;

    /// <summary>What one policy file alone decides, as <c>policy explain</c> and <c>policy test</c> ask.</summary>
    public static PermissionPolicy Alone(Policy policy, string workspace) =>
        new(
            policy.Document.Value.Mode ?? PermissionMode.WorkspaceWrite,
            policy.Document.Value.Mode is null ? "built-in" : policy.Document.SourceOf("mode"),
            [policy.Layer.Granting(true)],
            [],
            workspace
        );

    /// <summary>Of a conversation below this one: the same, and another layer that a call must pass.</summary>
    public PermissionPolicy Narrowed(PolicyLayer layer) =>
        new(Mode, modeSource, [.. Layers, layer.Granting(false)], RequiredTools, workspace) { IsConfined = IsConfined };

    /// <summary>The call as the rules see it.</summary>
    public PolicySubject Subject(string tool, JsonElement input) => PolicySubject.Of(tool, input, workspace);

    /// <summary>Whether the tool is denied outright, so that the model is not shown it.</summary>
    /// <param name="tool">The tool's own name, aliases resolved.</param>
    public bool Hides(string tool) => HiddenBy(tool) is not null;

    /// <summary>Whether the tool of an MCP server may not be called, so that the model is not shown it.</summary>
    public bool Hides(McpName mcp) => !Decide(ToolNames.Mcp, default, mcp).Allowed;

    /// <summary>Whether a rule may grant any tool of the MCP server.</summary>
    public bool MayGrant(string server) =>
        Granting(ToolNames.Mcp).Any(rule => rule.Mcp is null || rule.Mcp.MayMatch(server));

    /// <summary>Why the tool is denied outright; null when it is not.</summary>
    public PermissionDecision? HiddenBy(string tool)
    {
        if (ToolNames.IsAnswer(tool))
            return null;
        if (ToolNames.IsMcp(tool))
            return Decide(tool, default) is { Allowed: false } denied ? denied : null;
        if (!ToolNames.All.Contains(tool) || (ToolNames.IsExternal(tool) && !Granting(tool).Any()))
            return new(false, null, "built-in", $"No rule of a policy file grants {tool}.", "");
        if (Level(tool) > Mode)
            return new(false, null, modeSource, $"{tool} is not available in mode {ModeName(Mode)}{Unconfined}.", "");
        if (ToolNames.BelongsToBash(tool) && HiddenBy(ToolNames.Bash) is { } withBash)
            return withBash;
        foreach (var layer in Layers)
        {
            if (layer.Hides(tool) is { } hiding)
                return new(false, hiding.Id, hiding.Source, hiding.Message ?? $"Rule {hiding.Id} denies {tool}.", "");
        }
        return null;
    }

    /// <param name="tool">The tool's own name, aliases resolved.</param>
    /// <param name="input">Its input, an object.</param>
    /// <param name="mcp">The tool of an MCP server that it is; null for every other.</param>
    public PermissionDecision Decide(string tool, JsonElement input, McpName? mcp = null)
    {
        if (ToolNames.IsAnswer(tool))
            return new(true, null, "built-in", "an answer touches nothing", "");
        var call = PolicySubject.Of(tool, input, workspace, mcp);
        if (call.Tool != ToolNames.Mcp && HiddenBy(tool) is { } hidden)
            return hidden with { Subject = call.Text };
        Rule? allowedBy = null;
        foreach (var layer in Layers)
        {
            if (layer.Denies(call, out var allow) is { } denied)
                return denied;
            allowedBy = allow ?? allowedBy;
        }
        if (ToolNames.IsExternal(call.Tool))
            allowedBy = Granting(call.Tool).FirstOrDefault(rule => rule.Match(call) is not null);
        if (call.Tool == ToolNames.Mcp && allowedBy is null)
            return new(
                false,
                null,
                "built-in",
                $"No rule of a policy file grants the MCP tool {call.Text}.",
                call.Text
            );
        return allowedBy is null
            ? new(true, null, modeSource, $"mode {ModeName(Mode)}", call.Text)
            : new(true, allowedBy.Id, allowedBy.Source, $"rule {allowedBy.Id}", call.Text);
    }

    /// <summary>The rules that grant what no mode does.</summary>
    /// <param name="tool"><c>mcp</c> or <c>web_fetch</c>.</param>
    private IEnumerable<Rule> Granting(string tool) =>
        Layers
            .Where(layer => layer.MayGrant)
            .SelectMany(layer => layer.Rules)
            .Where(rule => rule.Effect == RuleEffect.Allow && rule.Tools.Contains(tool));

    private string Unconfined => IsConfined ? "" : " without a sandbox";

    private PermissionMode Level(string tool) =>
        tool == ToolNames.Bash && !IsConfined ? PermissionMode.DangerFullAccess : ToolNames.Level(tool);

    /// <summary>As it is written in files.</summary>
    public static string ModeName(PermissionMode mode) => JsonNamingPolicy.KebabCaseLower.ConvertName(mode.ToString());
}
