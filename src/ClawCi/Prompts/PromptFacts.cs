namespace ClawCi.Prompts;

/// <summary>What a system prompt is made of.</summary>
/// <param name="Workspace">Path of the workspace in the container.</param>
internal sealed record PromptFacts(string Workspace)
{
    /// <summary>The commands that judge the result.</summary>
    public IReadOnlyList<string> Checks { get; init; } = [];

    /// <summary>Globs of what the patch may not touch.</summary>
    public IReadOnlyList<string> ProtectedPaths { get; init; } = [];

    /// <summary>Hosts and bundles that the container reaches.</summary>
    public IReadOnlyList<string> Network { get; init; } = [];

    /// <summary>Whether a container confines the tools.</summary>
    public bool IsConfined { get; init; } = true;

    /// <summary>Whether the tools may change nothing.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Whether the task asks for a structured answer.</summary>
    public bool AsksForAnswer { get; init; }

    /// <summary>Whether what the workspace says is its owner's word rather than data.</summary>
    public bool TrustsWorkspace { get; init; }

    /// <summary>What the workspace holds; empty when that was not looked at.</summary>
    public string Overview { get; init; } = "";

    /// <summary>What instructions the model may ask for.</summary>
    public IReadOnlyList<SkillLine> Skills { get; init; } = [];

    /// <summary>Context files of the workspace, in order.</summary>
    public IReadOnlyList<ContextFile> Files { get; init; } = [];
}
