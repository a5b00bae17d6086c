using ClawCi.Permissions.Shell;

namespace ClawCi.Permissions;

/// <summary>What a rule does to the calls that it matches.</summary>
internal enum RuleEffect
{
    Deny,
    Allow,
}

/// <summary>One rule of a policy, or of a task's <c>permissions</c>.</summary>
/// <param name="File">Name of the file it is written in, without directories.</param>
/// <param name="Tools">Own names.</param>
/// <param name="Command">Which commands of bash; null is all.</param>
/// <param name="Paths">Which files; null is all.</param>
/// <param name="Mcp">Which tools of MCP servers; null is all.</param>
/// <param name="Message">What the model is told when the rule denies.</param>
internal sealed record Rule(
    string Id,
    string File,
    int Line,
    RuleEffect Effect,
    IReadOnlyList<string> Tools,
    CommandPattern? Command = null,
    PathPattern? Paths = null,
    string? Message = null,
    McpPattern? Mcp = null
)
{
    /// <summary>Where it is written: <c>policy.yaml:12</c>.</summary>
    public string Source => $"{File}:{Line}";

    /// <summary>Whether the rule is about every call of its tools.</summary>
    public bool IsBare => Command is null && Paths is null && Mcp is null;

    /// <summary>
    /// What of a call the rule matches; null when it does not. A deny rule takes the benefit of the doubt, an allow rule
    /// gives none. Path rules about files judge what a bash line redirects, too.
    /// </summary>
    public RuleMatch? Match(PolicySubject call) =>
        Tools.Contains(call.Tool) ? MatchTool(call)
        : Paths is not null && Effect == RuleEffect.Deny && call.Files.Count > 0 ? MatchFile(call)
        : null;

    /// <summary>Whether an allow rule about files names the file that a redirection opens.</summary>
    public bool Allows(RedirectedFile file) => IsBare || (file.Path is { } path && Paths!.Matches(path));

    /// <summary>Whether an allow rule about bash names the command.</summary>
    public bool Allows(ShellCommand command) =>
        IsBare || (command.Why is null && Command!.CertainlyMatches(command.Words));

    /// <summary>Whether the rule is about opening files in this way.</summary>
    public bool IsAbout(RedirectedFile file) =>
        file.Writes
            ? Tools.Contains(ToolNames.WriteFile) || Tools.Contains(ToolNames.EditFile)
            : Tools.Contains(ToolNames.ReadFile);

    private RuleMatch? MatchTool(PolicySubject call)
    {
        if (IsBare)
            return new(this, call.Text, MatchKind.Plain);
        if (Mcp is not null)
            return call.Mcp is { } tool && Mcp.Matches(tool) ? new(this, call.Text, MatchKind.Plain) : null;
        if (Paths is not null)
        {
            var matches = call.Path is { } path ? Paths.Matches(path) : Effect == RuleEffect.Deny;
            return matches ? new(this, call.Text, MatchKind.Plain) : null;
        }
        RuleMatch? best = null;
        foreach (var command in call.Reading!.Commands)
        {
            var match = MatchCommand(command);
            if (match is not null && (best is null || match.Kind < best.Kind))
                best = match;
        }
        return best;
    }

    private RuleMatch? MatchCommand(ShellCommand command) =>
        command.Why is { } why ? (Effect == RuleEffect.Deny ? new(this, why, MatchKind.Unknown) : null)
        : Effect == RuleEffect.Allow
            ? (Command!.CertainlyMatches(command.Words) ? new(this, command.ToString(), MatchKind.Plain) : null)
        : !Command!.MayMatch(command.Words) ? null
        : new(
            this,
            command.ToString(),
            command.Words.Take(Command.Positions.Count).Any(word => !word.IsLiteral)
                ? MatchKind.Computed
                : MatchKind.Plain
        );

    private RuleMatch? MatchFile(PolicySubject call)
    {
        foreach (var file in call.Files)
        {
            if (IsAbout(file) && (file.Path is not { } path || Paths!.Matches(path)))
                return new(this, file.Source, file.Path is null ? MatchKind.Computed : MatchKind.Plain);
        }
        return null;
    }

    /// <summary>What the rule is about, in words: <c>git push|remote …</c>.</summary>
    public override string ToString() => $"{string.Join(", ", Tools)}{(IsBare ? "" : $"({Command}{Paths}{Mcp})")}";
}
