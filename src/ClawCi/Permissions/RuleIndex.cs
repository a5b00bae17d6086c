using ClawCi.Permissions.Shell;

namespace ClawCi.Permissions;

/// <summary>The rules of one effect, so that a call need look at those only that can be about it.</summary>
internal sealed class RuleIndex
{
    private static readonly List<int> None = [];
    private readonly Rule[] _rules;
    private readonly Dictionary<string, List<int>> _byTool = [];
    private readonly Dictionary<string, List<int>> _byProgram = [];

    /// <summary>About bash and any of its commands, and about the files that a line redirects.</summary>
    private readonly List<int> _always = [];

    public RuleIndex(IEnumerable<Rule> rules)
    {
        _rules = [.. rules];
        for (var i = 0; i < _rules.Length; i++)
        {
            var rule = _rules[i];
            foreach (var tool in rule.Tools)
                Add(_byTool, tool, i);
            if (rule.Command is { } command && rule.Tools.Contains(ToolNames.Bash))
            {
                foreach (var program in command.Positions[0])
                    Add(_byProgram, program, i);
            }
            else if (rule.Tools.Contains(ToolNames.Bash) || rule.Paths is not null)
                _always.Add(i);
        }
    }

    /// <summary>In the order of the file.</summary>
    public IEnumerable<Rule> About(string tool) => _byTool.GetValueOrDefault(tool, None).Select(i => _rules[i]);

    public bool IsAbout(string tool) => _byTool.ContainsKey(tool);

    /// <summary>The rule about every call of the tool; null when there is none.</summary>
    public Rule? Bare(string tool)
    {
        foreach (var i in _byTool.GetValueOrDefault(tool, None))
        {
            if (_rules[i].IsBare)
                return _rules[i];
        }
        return null;
    }

    /// <summary>Every rule that may match something of the call, in the order of the file.</summary>
    public List<Rule> For(PolicySubject call)
    {
        List<int> found = [];
        if (call.Reading is not { } reading)
            found.AddRange(_byTool.GetValueOrDefault(call.Tool, None));
        else if (reading.Commands.Any(command => command.Words is [] or [{ IsLiteral: false }, ..]))
            return [.. _rules];
        else
        {
            found.AddRange(_always);
            foreach (var command in reading.Commands)
            {
                var program = command.Words[0];
                found.AddRange(_byProgram.GetValueOrDefault(program.Text, None));
                var name = program.FileName().Text;
                if (name.Length != program.Text.Length)
                    found.AddRange(_byProgram.GetValueOrDefault(name, None));
            }
            found.Sort();
        }
        List<Rule> rules = [];
        for (var i = 0; i < found.Count; i++)
        {
            if (i == 0 || found[i] != found[i - 1])
                rules.Add(_rules[found[i]]);
        }
        return rules;
    }

    /// <summary>The first rule about bash that allows the command; null when none does.</summary>
    public Rule? Allowing(ShellCommand command)
    {
        if (command.Words is not [{ IsLiteral: true } program, ..])
            return null;
        foreach (var i in _byProgram.GetValueOrDefault(program.Text, None))
        {
            if (_rules[i].Allows(command))
                return _rules[i];
        }
        return null;
    }

    private static void Add(Dictionary<string, List<int>> rules, string key, int rule)
    {
        if (!rules.TryGetValue(key, out var list))
            rules[key] = list = [];
        // A program may stand twice among the alternatives.
        if (list.Count == 0 || list[^1] != rule)
            list.Add(rule);
    }
}
