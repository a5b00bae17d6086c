namespace ClawCi.Permissions;

/// <summary>
/// The rules of one source. Layers only narrow each other: a call passes when every layer lets it pass. Within a
/// layer deny wins, and an allow rule makes each tool it names an allow-list; the order of rules is irrelevant.
/// </summary>
internal sealed record PolicyLayer(IReadOnlyList<Rule> Rules)
{
    /// <summary>The rule that takes the whole tool away, or null.</summary>
    public Rule? Hides(string tool) => About(tool, RuleEffect.Deny).FirstOrDefault(rule => rule.IsBare);

    /// <summary>The denial, or null when the layer lets the call pass.</summary>
    /// <param name="allowedBy">The allow rule that let it pass; null when the layer has none about the tool.</param>
    public PermissionDecision? Denies(PolicySubject call, out Rule? allowedBy)
    {
        allowedBy = null;
        if (About(call.Tool, RuleEffect.Deny).FirstOrDefault(rule => rule.Matches(call)) is { } deny)
            return Denied(deny, call, deny.Message ?? $"Rule {deny.Id} denies {deny}.");
        if (call.Refusal is not null && Rules.FirstOrDefault(rule => rule.Command is not null) is { } reading)
            return Denied(
                reading,
                call,
                $"Rule {reading.Id} is about bash commands, and this line cannot be judged by it: {call.Refusal}. Run one simple command at a time, without pipes, lists, redirections, substitutions or wrappers."
            );
        Rule[] allows = [.. About(call.Tool, RuleEffect.Allow)];
        allowedBy = allows.FirstOrDefault(rule => rule.Matches(call));
        if (allowedBy is not null || allows.Length == 0)
            return null;
        var list = string.Join("; ", allows.Select(rule => rule.Command?.ToString() ?? rule.Paths!.ToString()));
        return Denied(
            allows[0],
            call,
            allows.Select(rule => rule.Message).FirstOrDefault(message => message is not null)
                ?? $"{call.Tool} is allowed only for: {list}."
        );
    }

    private IEnumerable<Rule> About(string tool, RuleEffect effect) =>
        Rules.Where(rule => rule.Effect == effect && rule.Tools.Contains(tool));

    private static PermissionDecision Denied(Rule rule, PolicySubject call, string reason) =>
        new(false, rule.Id, rule.Source, reason, call.Text);
}
