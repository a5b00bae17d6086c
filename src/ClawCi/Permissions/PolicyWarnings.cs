namespace ClawCi.Permissions;

/// <summary>Rules that do what they say, and not what they seem to.</summary>
internal static class PolicyWarnings
{
    /// <param name="mode">The layer's own, when it says one.</param>
    /// <returns>The rule's line and what to know about it, in the order of the lines.</returns>
    public static IReadOnlyList<(int Line, string Message)> Of(PolicyLayer layer, PermissionMode? mode)
    {
        List<(int, string)> warnings = [];
        foreach (var rule in layer.Rules)
        {
            if (
                rule.Effect == RuleEffect.Deny
                && layer.Hides(ToolNames.Bash) is null
                && mode != PermissionMode.ReadOnly
            )
                warnings.AddRange(AroundByBash(rule).Select(message => (rule.Line, message)));
            if (rule is { Effect: RuleEffect.Deny, Paths: not null } && rule.Tools.Contains(ToolNames.ReadFile))
                warnings.Add(
                    (
                        rule.Line,
                        $"rule `{rule.Id}`: grep_search still shows lines of these files; deny it too to hide them"
                    )
                );
            var more = rule.Effect == RuleEffect.Allow ? LetsThrough(rule) : Needless(rule, layer);
            warnings.AddRange(more.Select(message => (rule.Line, message)));
            if (rule.Effect == RuleEffect.Allow)
                warnings.AddRange(Idle(rule, layer, mode).Select(message => (rule.Line, message)));
        }
        return [.. warnings.Distinct().OrderBy(warning => warning.Item1)];
    }

    /// <summary>Programs that run whatever their arguments or their input files say.</summary>
    public static bool RunsAnything(string program) => Interpreters.Contains(Path.GetFileName(program));

    private static readonly HashSet<string> Interpreters =
    [
        "awk",
        "bash",
        "bun",
        "busybox",
        "cargo",
        "dash",
        "deno",
        "find",
        "gawk",
        "go",
        "just",
        "ksh",
        "lua",
        "make",
        "node",
        "npm",
        "npx",
        "perl",
        "php",
        "pip",
        "pnpm",
        "pwsh",
        "python",
        "python3",
        "ruby",
        "sed",
        "sh",
        "source",
        "ssh",
        "sudo",
        "tar",
        "yarn",
        "zsh",
        ".",
    ];

    private static IEnumerable<string> LetsThrough(Rule allow)
    {
        if (allow.Command is not { Exact: false, Positions: [var programs] })
            yield break;
        foreach (var program in programs.Where(RunsAnything))
            yield return $"rule `{allow.Id}` lets through anything: `{program}` runs what its arguments or files say. Name a subcommand or a script, or leave it out";
    }

    private static IEnumerable<string> Needless(Rule deny, PolicyLayer layer)
    {
        if (deny.Command is not { } denied || deny.Tools is not [ToolNames.Bash])
            yield break;
        Rule[] allows =
        [
            .. layer.Rules.Where(rule => rule.Effect == RuleEffect.Allow && rule.Tools.Contains(ToolNames.Bash)),
        ];
        if (
            allows.Length > 0
            && allows.All(allow =>
                allow.Command is { } listed && !listed.Positions[0].Any(denied.Positions[0].Contains)
            )
        )
            yield return $"rule `{deny.Id}` is needless: bash has an allow-list here, and `{string.Join('|', denied.Positions[0])}` is not on it";
    }

    private static IEnumerable<string> AroundByBash(Rule rule)
    {
        if (rule.Tools.Any(tool => tool is ToolNames.WriteFile or ToolNames.EditFile))
            yield return $"rule `{rule.Id}` does not stop bash from writing files (`sed -i`); what must not change belongs to the task's protected-paths";
        if (rule.Tools.Contains(ToolNames.ReadFile))
            yield return $"rule `{rule.Id}` does not stop bash from reading files (`cat`)";
    }

    private static IEnumerable<string> Idle(Rule allow, PolicyLayer layer, PermissionMode? mode)
    {
        foreach (var tool in allow.Tools.Where(tool => mode is { } granted && ToolNames.Level(tool) > granted))
            yield return $"rule `{allow.Id}` allows nothing: mode {PermissionPolicy.ModeName(mode!.Value)} does not grant {tool}";
        var denies = layer.Rules.Where(rule => rule.Effect == RuleEffect.Deny);
        foreach (var deny in denies.Where(deny => allow.Tools.All(deny.Tools.Contains) && Covers(deny, allow)))
            yield return $"rule `{allow.Id}` allows nothing: rule `{deny.Id}` in line {deny.Line} denies all of it";
    }

    /// <summary>Whether every call that the allow rule matches is certainly one that the deny rule matches.</summary>
    private static bool Covers(Rule deny, Rule allow) =>
        deny.IsBare
        || (deny.Mcp is not null && allow.Mcp is not null && deny.Mcp.ToString() == allow.Mcp.ToString())
        || (deny.Paths is not null && deny.Paths.ToString() == allow.Paths?.ToString())
        || (
            deny.Command is { Exact: false } denied
            && allow.Command is { } allowed
            && denied.Positions.Count <= allowed.Positions.Count
            && denied.Positions.Zip(allowed.Positions).All(pair => pair.Second.All(pair.First.Contains))
        );
}
