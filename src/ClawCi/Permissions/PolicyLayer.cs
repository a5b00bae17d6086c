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
        var denial = Rules
            .Where(rule => rule.Effect == RuleEffect.Deny)
            .Select(rule => rule.Match(call))
            .Where(match => match is not null)
            .MinBy(match => match!.Kind);
        if (denial is not null)
            return Denied(denial.Rule, call, DenyReasons.Of(denial));
        return DeniesByList(call, ref allowedBy) ?? DeniesFiles(call);
    }

    /// <summary>Every rule of the layer that matches something of the call, for those who want to know.</summary>
    public IEnumerable<RuleMatch> Matches(PolicySubject call) =>
        Rules.Select(rule => rule.Match(call)).OfType<RuleMatch>();

    private PermissionDecision? DeniesByList(PolicySubject call, ref Rule? allowedBy)
    {
        List<Rule> allows = [.. About(call.Tool, RuleEffect.Allow)];
        if (allows.Count == 0)
            return null;
        allowedBy = allows.Find(rule => rule.IsBare);
        if (allowedBy is not null)
            return null;
        if (call.Reading is not { } reading)
        {
            allowedBy = allows.Find(rule => rule.Match(call) is not null);
            return allowedBy is null ? Denied(allows[0], call, DenyReasons.NotListed(allows, call.Tool, null)) : null;
        }
        if (reading.Doubt is { } doubt)
            return Denied(allows[0], call, DenyReasons.Doubtful(allows, doubt));
        foreach (var command in reading.Commands)
        {
            if (command.ForDeny)
                continue;
            var allow = allows.Find(rule => rule.Allows(command));
            if (allow is null)
                return Denied(
                    allows[0],
                    call,
                    DenyReasons.NotListed(allows, call.Tool, command, reading.Commands.Count > 1)
                );
            allowedBy ??= allow;
        }
        // An empty line, or one that only steers the shell, is on no list and does nothing.
        allowedBy ??= allows[0];
        return null;
    }

    /// <summary>Redirections under an allow-list of paths.</summary>
    private PermissionDecision? DeniesFiles(PolicySubject call)
    {
        foreach (var file in call.Files)
        {
            List<Rule> allows = [.. About(file.Writes ? ToolNames.WriteFile : ToolNames.ReadFile, RuleEffect.Allow)];
            if (allows.Count > 0 && !allows.Exists(rule => rule.Allows(file)))
                return Denied(allows[0], call, DenyReasons.NotListed(allows, file));
        }
        return null;
    }

    private IEnumerable<Rule> About(string tool, RuleEffect effect) =>
        Rules.Where(rule => rule.Effect == effect && rule.Tools.Contains(tool));

    private static PermissionDecision Denied(Rule rule, PolicySubject call, string reason) =>
        new(false, rule.Id, rule.Source, reason, call.Text);
}
