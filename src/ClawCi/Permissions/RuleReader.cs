using ClawCi.Configuration;

namespace ClawCi.Permissions;

/// <summary>
/// Turns the <c>rules</c> of a policy into <see cref="Rule"/>s, and checks their examples. Works on the tree, so that
/// each mistake has the place of the very word; what is of the wrong shape is passed over, the structure check has it.
/// </summary>
internal sealed class RuleReader(SourceErrors errors)
{
    /// <summary>Examples are given relative to the workspace; where that is does not matter to them.</summary>
    private const string AnyWorkspace = "/workspace";

    public IReadOnlyList<Rule> Read(SourceMapping policy)
    {
        List<Rule> rules = [];
        Dictionary<string, int> ids = [];
        var nodes = (policy["rules"]?.Value as SourceSequence)?.Items ?? [];
        for (var i = 0; i < nodes.Count; i++)
        {
            if (nodes[i] is not SourceMapping node)
                continue;
            var id = node["id"]?.Value is SourceScalar { Text: var given } scalar ? given : $"rule-{i + 1}";
            if (!ids.TryAdd(id, node.Place.Line))
                errors.Add(node["id"]?.Place ?? node.Place, $"duplicate rule id `{id}`, first in line {ids[id]}");
            rules.AddRange(Read(node, id));
        }
        return rules;
    }

    private List<Rule> Read(SourceMapping node, string id)
    {
        var (allow, deny) = (node["allow"], node["deny"]);
        if (allow is null == deny is null)
            return [];
        var effect = allow is not null ? RuleEffect.Allow : RuleEffect.Deny;
        var command = node["command"] is { } words ? Command(words) : null;
        var paths = node["paths"] is { } globs ? Paths(globs) : null;
        var mcp = Mcp(node);
        var file = Path.GetFileName(errors.File);
        List<Rule> rules = [];
        foreach (var item in Scalars((allow ?? deny)!.Value))
        {
            if (Spelling(item, effect, node) is not { } spelling)
                continue;
            var message = (node["message"]?.Value as SourceScalar)?.Text.Trim();
            rules.Add(
                new(
                    id,
                    file,
                    node.Place.Line,
                    effect,
                    spelling.Tools,
                    spelling.Command ?? command,
                    spelling.Paths ?? paths,
                    message,
                    spelling.Mcp ?? mcp
                )
            );
        }
        if (node["examples"]?.Value is SourceMapping examples && rules.Count > 0)
            CheckExamples(examples, rules);
        return rules;
    }

    private RuleSpelling? Spelling(SourceScalar item, RuleEffect effect, SourceMapping rule)
    {
        if (item.Kind != ScalarKind.Text || item.Text.Trim().Length == 0)
            return null;
        var spelling = RuleSpelling.Parse(item.Text, out var problem);
        if (spelling is null)
            errors.Add(item.Place, problem!);
        else if (
            (rule["server"] ?? rule["tools"]) is { } external
            && (spelling.Tools[0] != ToolNames.Mcp || spelling.Mcp is not null)
        )
            errors.Add(external.Place, $"`{external.Key}` belongs to a rule about mcp");
        else if (
            rule["command"] is { } command
            && (spelling.Tools[0] != ToolNames.Bash || spelling.Command is not null)
        )
            errors.Add(command.Place, "`command` belongs to a rule about bash that is written without parentheses");
        else if (rule["paths"] is { } paths && (!spelling.Tools.All(ToolNames.HasPath) || spelling.Paths is not null))
            errors.Add(
                paths.Place,
                "`paths` belongs to a rule about read_file, write_file or edit_file that is written without parentheses"
            );
        else
            return spelling;
        return null;
    }

    private McpPattern? Mcp(SourceMapping node)
    {
        if (node["server"]?.Value is SourceScalar { Text: var server })
            return new(server, node["tools"] is { } tools ? [.. Scalars(tools.Value).Select(tool => tool.Text)] : null);
        if (node["tools"] is { } alone)
            errors.Add(alone.Place, "`tools` needs the key `server`: another server may have a tool of the same name");
        return null;
    }

    private CommandPattern? Command(SourceEntry entry)
    {
        if (entry.Value is not SourceSequence { Items.Count: > 0 } list)
            return null;
        List<IReadOnlyList<string>> positions = [];
        foreach (var item in list.Items)
        {
            SourceScalar[] words = [.. Scalars(item)];
            foreach (var word in words.Where(word => word.Text.Any(char.IsWhiteSpace)))
                errors.Add(
                    word.Place,
                    $"{SourceNode.Quote(word.Text)} is several words. Write each on its own: [git, push]."
                );
            foreach (var word in words.Where(word => word.Text.Length == 0))
                errors.Add(word.Place, "a word of `command` is empty");
            positions.Add([.. words.Select(word => word.Text)]);
        }
        return new CommandPattern(positions);
    }

    private PathPattern? Paths(SourceEntry entry)
    {
        SourceScalar[] globs = [.. Scalars(entry.Value)];
        if (!globs.All(glob => TextFormats.Problem(TextFormat.Glob, glob.Text) is null))
            return null;
        if (globs.All(glob => glob.Text.StartsWith('!')))
            errors.Add(entry.Place, "`paths` needs a pattern without `!`; those with `!` only take away from it");
        return new PathPattern([.. globs.Select(glob => glob.Text)]);
    }

    private void CheckExamples(SourceMapping examples, List<Rule> rules)
    {
        if (rules.Any(rule => rule.IsBare))
        {
            errors.Add(
                examples.Place,
                "`examples` need a rule with `command`, `paths` or `server`: this one matches every call"
            );
            return;
        }
        foreach (var (key, expected) in new[] { ("match", true), ("no-match", false) })
        foreach (var example in examples[key] is { } entry ? Scalars(entry.Value) : [])
        {
            var calls = rules
                .SelectMany(rule => rule.Tools, (rule, tool) => (rule, call: Subject(tool, example.Text)))
                .ToArray();
            if (expected && calls.Select(pair => Unknown(pair.call)).FirstOrDefault(why => why is not null) is { } why)
                errors.Add(example.Place, $"{SourceNode.Quote(example.Text)} cannot be judged by a rule: {why}");
            else if (calls.Any(pair => Matches(pair.rule, pair.call)) != expected)
                errors.Add(
                    example.Place,
                    $"{SourceNode.Quote(example.Text)} {(expected ? "is not matched" : "is matched")} by rule `{rules[0].Id}`, {rules[0]}"
                );
        }
    }

    private static string? Unknown(PolicySubject call) =>
        call.Reading?.Commands.FirstOrDefault(command => command.Why is not null)?.Why;

    /// <summary>An allow rule matches a line when it allows every command of it.</summary>
    private static bool Matches(Rule rule, PolicySubject call) =>
        rule.Match(call) is not null
        && (
            rule.Effect == RuleEffect.Deny
            || call.Reading is not { } reading
            || (reading.Doubt is null && reading.Commands.All(command => command.ForDeny || rule.Allows(command)))
        );

    private static PolicySubject Subject(string tool, string text) =>
        tool == ToolNames.Bash ? PolicySubject.OfLine(text, AnyWorkspace)
        : ToolNames.IsMcp(tool) ? PolicySubject.OfMcp(McpName.Read(text))
        : PolicySubject.OfPath(tool, text, AnyWorkspace);

    private static IEnumerable<SourceScalar> Scalars(SourceNode node) =>
        node is SourceSequence list ? list.Items.OfType<SourceScalar>()
        : node is SourceScalar scalar ? [scalar]
        : [];
}
