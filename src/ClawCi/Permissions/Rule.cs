using System.Text.Json;

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
/// <param name="Message">What the model is told when the rule denies.</param>
internal sealed record Rule(
    string Id,
    string File,
    int Line,
    RuleEffect Effect,
    IReadOnlyList<string> Tools,
    CommandPattern? Command = null,
    PathPattern? Paths = null,
    string? Message = null
)
{
    /// <summary>Where it is written: <c>policy.yaml:12</c>.</summary>
    public string Source => $"{File}:{Line}";

    /// <summary>Whether the rule is about every call of its tools.</summary>
    public bool IsBare => Command is null && Paths is null;

    /// <summary>Whether a call matches. A deny rule takes the benefit of the doubt, an allow rule gives none.</summary>
    /// <param name="call">Of a tool that the rule names.</param>
    public bool Matches(PolicySubject call) =>
        (Command, Paths) switch
        {
            ({ } command, _) => call.Words is { } words
                && (Effect == RuleEffect.Deny ? command.MayMatch(words) : command.CertainlyMatches(words)),
            (_, { } paths) => call.Path is { } path ? paths.Matches(path) : Effect == RuleEffect.Deny,
            _ => true,
        };

    /// <summary>What the rule is about, in words: <c>git push|remote …</c>.</summary>
    public override string ToString() => $"{string.Join(", ", Tools)}{(IsBare ? "" : $"({Command}{Paths})")}";
}

/// <summary>A tool call as rules see it.</summary>
/// <param name="Text">The command or the path as the model wrote it.</param>
/// <param name="Words">Of bash: the words of the line if it is one simple command.</param>
/// <param name="Refusal">Of bash: why it is not.</param>
/// <param name="Path">Of a file tool: relative to the workspace; null when outside it.</param>
internal sealed record PolicySubject(
    string Tool,
    string Text,
    IReadOnlyList<ShellWord>? Words,
    string? Refusal,
    string? Path
)
{
    /// <param name="input">The tool's input; what is not of the expected shape gives a subject that no allow rule matches.</param>
    public static PolicySubject Of(string tool, JsonElement input, string workspace)
    {
        if (tool == ToolNames.Bash)
        {
            var command = String(input, "command");
            var line = ShellLine.Parse(command);
            return new(tool, command, line.Refusal is null ? line.Words : null, line.Refusal, null);
        }
        var path = String(input, "path");
        return new(tool, path, null, null, path.Length == 0 ? null : WorkspacePath.Normalise(path, workspace));
    }

    private static string String(JsonElement input, string name) =>
        input.ValueKind == JsonValueKind.Object
        && input.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";
}
