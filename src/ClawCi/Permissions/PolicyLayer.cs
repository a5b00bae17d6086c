namespace ClawCi.Permissions;

/// <summary>
/// The rules of one source. Layers only narrow each other: a call passes when every layer lets it pass. Within a
/// layer deny wins, and an allow rule makes each tool it names an allow-list; the order of rules is irrelevant.
/// </summary>
internal sealed class PolicyLayer(IReadOnlyList<Rule> rules)
{
    private readonly RuleIndex _denies = new(rules.Where(rule => rule.Effect == RuleEffect.Deny));
    private readonly RuleIndex _allows = new(rules.Where(rule => rule.Effect == RuleEffect.Allow));

    public IReadOnlyList<Rule> Rules { get; } = rules;

    /// <summary>Whether its allow rules grant what no mode does; else they only narrow.</summary>
    public bool MayGrant { get; private init; }

    /// <summary>The same rules, of a source that may grant or may not.</summary>
    public PolicyLayer Granting(bool mayGrant) => new(Rules) { MayGrant = mayGrant };

    /// <summary>The rule that takes the whole tool away, or null.</summary>
    public Rule? Hides(string tool) => _denies.Bare(tool);

    /// <summary>The denial, or null when the layer lets the call pass.</summary>
    /// <param name="allowedBy">The allow rule that let it pass; null when the layer has none about the tool.</param>
    public PermissionDecision? Denies(PolicySubject call, out Rule? allowedBy)
    {
        allowedBy = null;
        var denial = _denies.For(call).Select(rule => rule.Match(call)).OfType<RuleMatch>().MinBy(match => match.Kind);
        if (denial is not null)
            return Denied(denial.Rule, call, DenyReasons.Of(denial));
        return DeniesByList(call, ref allowedBy) ?? DeniesFiles(call);
    }

    /// <summary>Every rule of the layer that matches something of the call, for those who want to know.</summary>
    public IEnumerable<RuleMatch> Matches(PolicySubject call) =>
        Rules.Select(rule => rule.Match(call)).OfType<RuleMatch>();

    private PermissionDecision? DeniesByList(PolicySubject call, ref Rule? allowedBy)
    {
        if (!_allows.IsAbout(call.Tool))
            return null;
        allowedBy = _allows.Bare(call.Tool);
        if (allowedBy is not null)
            return null;
        if (call.Reading is not { } reading)
        {
            allowedBy = _allows.About(call.Tool).FirstOrDefault(rule => rule.Match(call) is not null);
            return allowedBy is null ? NotListed(call, allows => DenyReasons.NotListed(allows, call.Tool, null)) : null;
        }
        if (reading.Doubt is { } doubt)
            return NotListed(call, allows => DenyReasons.Doubtful(allows, doubt));
        foreach (var command in reading.Commands)
        {
            if (command.ForDeny)
                continue;
            var allow = _allows.Allowing(command);
            if (allow is null)
                return NotListed(
                    call,
                    allows => DenyReasons.NotListed(allows, call.Tool, command, reading.Commands.Count > 1)
                );
            allowedBy ??= allow;
        }
        // An empty line, or one that only steers the shell, is on no list and does nothing.
        allowedBy ??= _allows.About(call.Tool).First();
        return null;
    }

    private PermissionDecision NotListed(PolicySubject call, Func<List<Rule>, string> reason)
    {
        List<Rule> allows = [.. _allows.About(call.Tool)];
        return Denied(allows[0], call, reason(allows));
    }

    /// <summary>Redirections under an allow-list of paths.</summary>
    private PermissionDecision? DeniesFiles(PolicySubject call)
    {
        foreach (var file in call.Files)
        {
            List<Rule> allows = [.. _allows.About(file.Writes ? ToolNames.WriteFile : ToolNames.ReadFile)];
            if (allows.Count > 0 && !allows.Exists(rule => rule.Allows(file)))
                return Denied(allows[0], call, DenyReasons.NotListed(allows, file));
        }
        return null;
    }

    private static PermissionDecision Denied(Rule rule, PolicySubject call, string reason) =>
        new(false, rule.Id, rule.Source, reason, call.Text);
}
