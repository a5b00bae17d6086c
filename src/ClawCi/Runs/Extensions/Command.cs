using System.Text.RegularExpressions;
using ClawCi.Configuration;
using ClawCi.Permissions;
using ClawCi.Runs.Planning;

namespace ClawCi.Runs.Extensions;

/// <summary>A prompt with a name: a prompt whose first word is <c>/name</c> becomes it.</summary>
/// <param name="Source">Where it is written: a file, or <c>built-in</c>.</param>
internal sealed partial record Command(string Name, string Body, string Source)
{
    public string? Description { get; init; }

    /// <summary>What it may use; null leaves that to the policy, which it can only narrow.</summary>
    public PolicyLayer? Layer { get; init; }

    /// <summary>What is run in the sandbox for it, in the order of its text.</summary>
    public IReadOnlyList<CommandScript> Scripts { get; init; } = [];

    /// <summary>Whether a task with it is expected to change something.</summary>
    public bool ChangesFiles { get; init; } = true;

    /// <summary>Reads a command's file.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="mayRun">Whether it may have scripts: whoever wrote it is trusted.</param>
    /// <exception cref="UserErrorException">All mistakes of the file.</exception>
    public static Command Read(string name, SourceFile file, bool mayRun)
    {
        var markdown = MarkdownFile.Read(file);
        var errors = new SourceErrors(file.Name);
        var description = markdown.Text("description", errors);
        var layer = markdown.List("allowed-tools", errors) is { } tools ? Narrowing(tools, file, errors) : null;
        if (markdown.Body.Trim().Length == 0)
            errors.Add(new(markdown.BodyLine, 1), "the command says nothing");
        List<CommandScript> scripts = [];
        foreach (Match script in Script().Matches(markdown.Body))
        {
            var place = Place(markdown, script.Index);
            if (!mayRun)
                errors.Add(place, $"{SourceNode.Quote(script.Value)} would be run, which takes --trust-workspace");
            else if (Hole().IsMatch(script.Value) || script.Value.Contains("$[[", StringComparison.Ordinal))
                errors.Add(place, $"{SourceNode.Quote(script.Value)}: nothing is put into what is run");
            else
                scripts.Add(new(script.Groups["run"].Value, $"{Path.GetFileName(file.Name)}:{place.Line}"));
        }
        foreach (var (index, message) in Template.Mistakes(markdown.Body, [Template.RunId]))
            errors.Add(Place(markdown, index), message);
        errors.ThrowIfAny();
        var body = Script().Replace(markdown.Body, script => new CommandScript(script.Groups["run"].Value, "").Mark);
        return new(name, body.Trim(), file.Name)
        {
            Description = description,
            Layer = layer,
            Scripts = [.. scripts.DistinctBy(script => script.Run)],
        };
    }

    /// <summary>The prompt that it makes of its arguments. What they contain is not looked at again.</summary>
    public string Expand(string arguments)
    {
        var words = Word().Matches(arguments).Select(word => word.Value.Trim('"', '\'')).ToList();
        var hasHole = false;
        var text = Hole()
            .Replace(
                Body,
                hole =>
                {
                    hasHole = true;
                    return hole.Value == "$ARGUMENTS" ? arguments : words.ElementAtOrDefault(hole.Value[1] - '1') ?? "";
                }
            );
        return hasHole || arguments.Length == 0 ? text : $"{text}\n\n{arguments}";
    }

    /// <summary>The tools it names, as it names them, and no other.</summary>
    private static PolicyLayer Narrowing(IReadOnlyList<SourceScalar> tools, SourceFile file, SourceErrors errors)
    {
        List<Rule> rules = [];
        HashSet<string> named = [];
        var name = Path.GetFileName(file.Name);
        foreach (var tool in tools)
        {
            if (RuleSpelling.Parse(tool.Text, out var problem) is not { } spelling)
            {
                errors.Add(tool.Place, problem!);
                continue;
            }
            named.UnionWith(spelling.Tools);
            rules.Add(spelling.ToRule($"command-allow-{rules.Count + 1}", name, tool.Place.Line, RuleEffect.Allow));
        }
        var line = tools.Count == 0 ? 1 : tools[0].Place.Line;
        rules.AddRange(
            ToolNames
                .All.Append(ToolNames.Mcp)
                .Where(tool =>
                    !named.Contains(tool) && !(ToolNames.BelongsToBash(tool) && named.Contains(ToolNames.Bash))
                )
                .Select(tool => new Rule($"command-deny-{tool}", name, line, RuleEffect.Deny, [tool]))
        );
        return new PolicyLayer(rules);
    }

    private static Place Place(MarkdownFile file, int index)
    {
        var before = file.Body.AsSpan(0, index);
        return new(file.BodyLine + before.Count('\n'), index - before.LastIndexOf('\n'));
    }

    [GeneratedRegex(@"\$(?:ARGUMENTS\b|[1-9](?![0-9]))")]
    private static partial Regex Hole();

    [GeneratedRegex("""("[^"]*"|'[^']*'|[^\s"'])+""")]
    private static partial Regex Word();

    /// <summary>What is run before the model hears of the command.</summary>
    [GeneratedRegex(@"(?<=^|\s)!`(?<run>[^`\n]+)`", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Script();
}
