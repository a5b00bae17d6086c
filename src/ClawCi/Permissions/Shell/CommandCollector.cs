namespace ClawCi.Permissions.Shell;

/// <summary>
/// Walks a tree and collects what it may run. Branches and loops count as taken. Whatever is not known becomes a
/// command that may be any, so that deny rules match it and allow rules do not.
/// </summary>
internal sealed partial class CommandCollector(ParseBounds bounds)
{
    private const int MaxCommands = 2000;
    private const int MaxWords = 5000;

    private readonly List<ShellCommand> _commands = [];
    private readonly List<RedirectedFile> _files = [];
    private readonly HashSet<string> _reasons = [];

    /// <summary>Functions that the shell certainly has from here on, unless the line moves them.</summary>
    private readonly HashSet<string> _functions = [];

    /// <summary>Which of the commands call such a function.</summary>
    private readonly List<int> _calls = [];

    /// <summary>The line may take functions away, or give some of them to another shell.</summary>
    private bool _movesFunctions;

    /// <summary>How many scripts inside the line are around the node: they may be another shell's.</summary>
    private int _scripts;

    /// <summary>Every variable that the line sets, and whether always to a number.</summary>
    private readonly Dictionary<string, bool> _isNumber = [];

    /// <summary>Every variable that the line sets, and whether always to what cannot be an option.</summary>
    private readonly Dictionary<string, bool> _isOperand = [];

    /// <summary>Variables that a program gets where an option could stand, and what to say of it.</summary>
    private readonly List<(string Name, string Why)> _operands = [];

    /// <summary>Names that arithmetic takes for expressions.</summary>
    private readonly HashSet<string> _evaluated = [];

    /// <summary>Where the shell takes a text for something to expand.</summary>
    private readonly List<string> _evaluations = [];
    private bool _hidesCommand;
    private int _computedFinds;

    /// <summary>Words such as <c>-exec</c> that are not a find's own.</summary>
    private int _actions;
    private string? _doubt;

    /// <summary>Directories the shell may be in; empty when nobody knows.</summary>
    private List<string> _directories = [""];

    /// <summary>How many blocks around the node may run again, or elsewhere.</summary>
    private int _floating;

    /// <summary>Reads a whole line.</summary>
    public ShellReading Read(BlockNode script)
    {
        foreach (var part in script.Parts)
        {
            Visit(part);
            // Anywhere else the definition may not be reached, fail, or be another shell's.
            if (part is BlockNode { Kind: BlockKind.Function, Name: { } function })
                _functions.Add(function);
        }
        foreach (var call in _movesFunctions ? _calls : [])
            _commands[call] = _commands[call] with { ForDeny = false };
        JudgeVariables();
        return new(_commands, _files, _doubt);
    }

    private void Visit(ShellNode node)
    {
        if (_commands.Count >= MaxCommands)
        {
            AddUnknown("it has too many commands");
            return;
        }
        if (node is SimpleNode simple)
        {
            VisitSimple(simple);
            return;
        }
        var block = (BlockNode)node;
        foreach (var redirection in block.Redirections)
            VisitRedirection(redirection);
        List<ShellWord> words = [.. block.Words.Select(Resolve)];
        switch (block.Kind)
        {
            case BlockKind.Subshell:
                var outside = _directories;
                VisitParts(block);
                _directories = outside;
                break;
            case BlockKind.Function:
                Within(ref _floating, () => VisitParts(block));
                break;
            case BlockKind.Loop:
                if (block.Name is { } variable)
                {
                    foreach (var word in words)
                        SetVariable(variable, word);
                }
                Within(ref _floating, () => VisitParts(block));
                break;
            case BlockKind.Test:
                foreach (var operand in block.Parts.Cast<SimpleNode>())
                    AddAsShReadsIt([.. operand.Words.Select(Resolve)]);
                break;
            case BlockKind.Arithmetic:
                VisitArithmeticAsShReadsIt(block.Words[0].Parts[0].Text);
                break;
            default:
                VisitParts(block);
                break;
        }
    }

    private void VisitParts(BlockNode block)
    {
        foreach (var part in block.Parts)
            Visit(part);
    }

    private static void Within(ref int level, Action visit)
    {
        level++;
        visit();
        level--;
    }

    private void VisitSimple(SimpleNode node)
    {
        foreach (var redirection in node.Redirections)
            VisitRedirection(redirection);
        // The separator of `read` alone decides nothing about commands.
        var isRead = node.Words is [{ Plain: true, Source: "read" }, ..];
        foreach (var assignment in node.Assignments)
        {
            ShellWord[] values = [.. assignment.Values.Select(Resolve)];
            if (assignment.Index is { } index && !index.All(char.IsAsciiDigit))
                Evaluate(index);
            if (assignment.Name != "IFS" || !isRead)
                SetVariable(
                    assignment.Name,
                    values.Length == 1 ? values[0]
                        : values.Length == 0 ? ShellWord.Literal("")
                        : null
                );
        }
        List<ShellWord> words = [.. node.Words.Select(Resolve)];
        if (words.Count > 0)
            Run(words, StandardInput(node), _scripts == 0 && _functions.Contains(words[0].Text));
    }

    /// <summary>The here-document that the command reads, or null: its input is unknown.</summary>
    private static string? StandardInput(SimpleNode node) =>
        node.Redirections.LastOrDefault(redirection => redirection.Operator[0] == '<') is { IsHereDocument: true } last
        && last.Target.Parts.All(part => part.Kind == PartKind.Literal)
            ? string.Concat(last.Target.Parts.Select(part => part.Text))
            : null;

    private void VisitRedirection(Redirection redirection)
    {
        var target = Resolve(redirection.Target);
        if (redirection.IsHereDocument)
            return;
        var isDescriptor = redirection.Operator is ">&" or "<&" && (target.Text.TrimEnd('-').All(char.IsAsciiDigit));
        if (target.IsLiteral && isDescriptor)
            return;
        if (
            target.Source.StartsWith("<(", StringComparison.Ordinal)
            || target.Source.StartsWith(">(", StringComparison.Ordinal)
        )
            return;
        var writes = redirection.Operator is not ("<" or "<&");
        if (writes)
            NoteGitFile(target);
        Open(target, writes);
        if (redirection.Operator == "<>")
            Open(target, writes: false);
    }

    /// <summary>Notes a file that is opened, in whichever directory the shell may be.</summary>
    private void Open(ShellWord target, bool writes)
    {
        if (
            target.IsLiteral
            && target.Text is "/dev/null" or "/dev/stdout" or "/dev/stderr" or "/dev/tty" or "/dev/stdin"
        )
            return;
        if (
            target.Text.StartsWith("/dev/tcp/", StringComparison.Ordinal)
            || target.Text.StartsWith("/dev/udp/", StringComparison.Ordinal)
        )
        {
            if (target.Text[9..].Split('/')[0] is not ("localhost" or "127.0.0.1" or "::1"))
                AddUnknown($"`{target.Source}` connects to another machine");
            return;
        }
        var isTilde = target.Source.StartsWith('~');
        if (target.IsLiteral && target.Text.StartsWith('/'))
            _files.Add(new(target.Text, writes, target.Source));
        else if (!target.IsLiteral || isTilde || _floating > 0 || _directories.Count == 0)
            _files.Add(new(null, writes, target.Source));
        else
            _files.AddRange(
                _directories.Select(directory => new RedirectedFile(directory + target.Text, writes, target.Source))
            );
    }

    /// <summary>After <c>cd</c> the shell is there, or still where it was.</summary>
    private void ChangeDirectory(ShellWord? target)
    {
        if (
            target is not { IsLiteral: true } known
            || known.Source.StartsWith('~')
            || known.Text is "-" or ""
            || _isNumber.ContainsKey("CDPATH")
            || _floating > 0
            || _directories.Count is 0 or > 4
        )
            _directories = [];
        else
            _directories =
            [
                .. _directories,
                .. known.Text.StartsWith('/')
                    ? [known.Text + "/"]
                    : _directories.Select(directory => $"{directory}{known.Text}/"),
            ];
    }

    private void Add(IReadOnlyList<ShellWord> words, bool forDeny = false) => _commands.Add(new(words, null, forDeny));

    /// <summary>Something runs here, and nobody knows what.</summary>
    private void AddUnknown(string why)
    {
        if (_reasons.Add(why))
            _commands.Add(new([], why));
    }

    /// <summary>No allow rule can be certain any more.</summary>
    private void Doubt(string why) => _doubt ??= why;

    /// <summary>Reads the text of a script inside the line and collects what it may run.</summary>
    /// <param name="isHere">The shell itself runs it, and stays in the directory that it goes to.</param>
    private void RunScript(string text, string what, ShellWord? appended = null, bool isHere = false)
    {
        if (ShellParser.Parse(text, bounds, out var refusal) is not { } script)
        {
            AddUnknown($"{what} is not read: {refusal}");
            return;
        }
        if (++bounds.Depth > ParseBounds.MaxDepth)
            AddUnknown("it is nested too deeply");
        else if (appended is { } word)
            VisitAppended(script, word);
        else
        {
            var outside = _directories;
            Within(ref _scripts, () => Visit(script));
            _directories = isHere ? _directories : outside;
        }
        bounds.Depth--;
    }

    /// <summary>A command line that gets further words at its end.</summary>
    private void VisitAppended(BlockNode script, ShellWord word)
    {
        if (script.Parts is [SimpleNode { Words.Count: > 0 } only])
        {
            foreach (var redirection in only.Redirections)
                VisitRedirection(redirection);
            Run([.. only.Words.Select(Resolve), word], null);
        }
        else
            Within(ref _scripts, () => Visit(script));
    }

    /// <summary>A shell without <c>[[</c> and <c>((</c> runs what stands there.</summary>
    private void AddAsShReadsIt(List<ShellWord> words)
    {
        if (words.Count > 0 && words[0].IsLiteral)
            Add(words, forDeny: true);
    }

    private void VisitArithmeticAsShReadsIt(string text)
    {
        if (ShellParser.Parse(text, bounds, out _) is not { } script)
            return;
        var inner = new CommandCollector(bounds);
        inner.Visit(script);
        foreach (var command in inner._commands.Where(command => command.Why is null))
            AddAsShReadsIt([.. command.Words]);
    }
}
