using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClawCi.Permissions;

/// <summary>How a policy comes to its decision on one call.</summary>
/// <param name="Commands">Of a bash line: every command that it may run.</param>
/// <param name="Redirections">Of a bash line: the files it opens, as rules see them.</param>
/// <param name="Doubt">Of a bash line: why no allow rule can be certain of it.</param>
/// <param name="Matches">Every rule that matches something of it.</param>
internal sealed record PolicyExplanation(
    string Tool,
    string Argument,
    bool Allowed,
    string? RuleId,
    string Source,
    string Reason,
    IReadOnlyList<ExplainedCommand> Commands,
    IReadOnlyList<ExplainedRedirection> Redirections,
    string? Doubt,
    IReadOnlyList<ExplainedMatch> Matches
)
{
    private const int Indent = 15;

    /// <param name="argument">The command line or the path.</param>
    public static PolicyExplanation Of(PermissionPolicy policy, string tool, string argument)
    {
        var input = PolicySubject.Input(tool, argument);
        var decision = policy.Decide(tool, input);
        var call = policy.Subject(tool, input);
        return new(
            tool,
            argument,
            decision.Allowed,
            decision.RuleId,
            decision.Source,
            decision.Reason,
            [
                .. (call.Reading?.Commands ?? []).Select(command => new ExplainedCommand(
                    command.ToString(),
                    command.Why,
                    !command.ForDeny
                )),
            ],
            [
                .. call.Files.Select(file => new ExplainedRedirection(
                    file.Source,
                    file.Path,
                    file.Writes ? "write" : "read"
                )),
            ],
            call.Reading?.Doubt,
            [
                .. policy
                    .Layers.SelectMany(layer => layer.Matches(call))
                    .Select(match => new ExplainedMatch(
                        match.Rule.Id,
                        match.Rule.Source,
                        match.Rule.Effect == RuleEffect.Deny ? "deny" : "allow",
                        match.Rule.ToString(),
                        match.Subject,
                        match.Kind == MatchKind.Plain
                    )),
            ]
        );
    }

    /// <summary>For people; ends in a line feed.</summary>
    public string Text()
    {
        var text = new StringBuilder();
        Section(text, Tool, [Argument]);
        Section(
            text,
            "may run",
            [
                .. Commands.Select(command =>
                    command.Unknown is { } why
                        ? $"anything: {why}"
                        : command.Text + (command.Listed ? "" : "    (an allow-list need not name it)")
                ),
            ]
        );
        Section(
            text,
            "opens",
            [
                .. Redirections.Select(file =>
                    $"{file.Path ?? $"anything: {file.Text} is computed or outside the workspace"} ({file.Access})"
                ),
            ]
        );
        Section(text, "in doubt", Doubt is null ? [] : [$"{Doubt}: no allow rule can be certain"]);
        Section(
            text,
            "matches",
            Matches.Count == 0
                ? ["no rule"]
                :
                [
                    .. Matches.Select(match =>
                        $"{match.Effect} {match.RuleId} ({match.Source}) {match.Rule}{(match.Certain ? "" : ", perhaps")}: {match.Subject}"
                    ),
                ]
        );
        Section(
            text,
            Allowed ? "ALLOWED" : "DENIED",
            [RuleId is null ? $"by {Source}" : $"by {RuleId} ({Source})", .. Allowed ? Array.Empty<string>() : [Reason]]
        );
        return text.ToString();
    }

    /// <summary>One object, indented; ends in a line feed.</summary>
    public string Json() => JsonSerializer.Serialize(this, PolicyExplanationJson.Default.PolicyExplanation) + "\n";

    private static void Section(StringBuilder text, string title, IReadOnlyList<string> lines)
    {
        foreach (var line in lines.SelectMany(line => line.Split('\n')))
        {
            text.Append(title.PadRight(Indent)).Append(line).Append('\n');
            title = "";
        }
    }
}

/// <param name="Unknown">Why it may be any command; null when it is known.</param>
/// <param name="Listed">Whether an allow-list must name it.</param>
internal sealed record ExplainedCommand(string Text, string? Unknown, bool Listed);

/// <param name="Path">Relative to the workspace; null when it is computed or outside.</param>
/// <param name="Access"><c>read</c> or <c>write</c>.</param>
internal sealed record ExplainedRedirection(string Text, string? Path, string Access);

/// <param name="Rule">What the rule is about.</param>
/// <param name="Certain">False when it may match only.</param>
internal sealed record ExplainedMatch(
    string RuleId,
    string Source,
    string Effect,
    string Rule,
    string Subject,
    bool Certain
);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    NewLine = "\n"
)]
[JsonSerializable(typeof(PolicyExplanation))]
internal sealed partial class PolicyExplanationJson : JsonSerializerContext;
