using ClawCi.Configuration;
using ClawCi.Permissions.Shell;
using ClawCi.Shared;

namespace ClawCi.Permissions;

/// <summary>One tool of a rule: a bare name, or a call as other harnesses write it, <c>Bash(git push:*)</c>.</summary>
internal sealed record RuleSpelling(IReadOnlyList<string> Tools, CommandPattern? Command, PathPattern? Paths)
{
    /// <summary>Of <c>mcp__server</c> and <c>mcp__server__tool</c>.</summary>
    public McpPattern? Mcp { get; init; }

    public Rule ToRule(string id, string file, int line, RuleEffect effect) =>
        new(id, file, line, effect, Tools, Command, Paths, Mcp: Mcp);

    /// <summary>Reads it; <paramref name="problem"/> says what is wrong when the answer is null.</summary>
    public static RuleSpelling? Parse(string text, out string? problem)
    {
        problem = null;
        var open = text.IndexOf('(', StringComparison.Ordinal);
        var name = (open < 0 ? text : text[..open]).Trim();
        if (name.StartsWith(McpName.Prefix, StringComparison.OrdinalIgnoreCase))
            return open >= 0
                ? Fail($"{name} takes no path or command in a rule", out problem)
                : new RuleSpelling([ToolNames.Mcp], null, null) { Mcp = new McpPattern(null, null, name) };
        var tools = ToolNames.ForRule(name);
        if (tools.Count == 0)
            problem = $"there is no tool {SourceNode.Quote(name)}{DidYouMean.Suffix(name, ToolNames.All)}";
        else if (open >= 0 && !text.EndsWith(')'))
            problem = $"{SourceNode.Quote(text)} lacks its closing parenthesis";
        if (problem is not null)
            return null;
        var inner = open < 0 ? "" : text[(open + 1)..^1].Trim();
        if (inner is "" or "*" or ":*" or "**")
            return open >= 0 && inner.Length == 0
                ? Fail(
                    $"{SourceNode.Quote(text)} has nothing in its parentheses. Write `{name}` for every call.",
                    out problem
                )
                : new RuleSpelling(tools, null, null);
        if (tools[0] == ToolNames.Bash)
            return ReadCommand(tools, inner, out problem);
        if (!tools.All(ToolNames.HasPath))
            return Fail($"{name} takes no path or command in a rule", out problem);
        var glob = inner.StartsWith("./", StringComparison.Ordinal) ? inner[2..] : inner;
        if (glob is ['/' or '~' or '!', ..])
            return Fail(
                $"{SourceNode.Quote(text)}: the path must be relative to the workspace, such as `src/**`",
                out problem
            );
        return Glob.TryParse(glob, out _, out problem) ? new RuleSpelling(tools, null, new PathPattern([glob])) : null;
    }

    private static RuleSpelling? ReadCommand(IReadOnlyList<string> tools, string inner, out string? problem)
    {
        var prefix = inner.EndsWith(":*", StringComparison.Ordinal) || inner.EndsWith(" *", StringComparison.Ordinal);
        var text = prefix ? inner[..^2] : inner;
        if (ShellReading.PlainWords(text, out var refusal) is not { } words)
            return Fail(
                text.Contains('*', StringComparison.Ordinal)
                    ? $"{SourceNode.Quote(inner)}: a `*` may only stand at the end, as `:*`"
                    : $"{SourceNode.Quote(inner)} is not one simple command: {refusal}",
                out problem
            );
        problem = null;
        IReadOnlyList<string>[] positions = [.. words.Select(word => (IReadOnlyList<string>)[word])];
        return new RuleSpelling(tools, new CommandPattern(positions, Exact: !prefix), null);
    }

    private static RuleSpelling? Fail(string message, out string? problem)
    {
        problem = message;
        return null;
    }
}
