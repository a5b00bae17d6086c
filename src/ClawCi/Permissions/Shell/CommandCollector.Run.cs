namespace ClawCi.Permissions.Shell;

/// <summary>One simple command: itself, and what it runs in turn.</summary>
internal sealed partial class CommandCollector
{
    private static readonly HashSet<string> Shells =
    [
        "ash",
        "bash",
        "dash",
        "fish",
        "ksh",
        "mksh",
        "rbash",
        "sh",
        "zsh",
    ];

    /// <summary>Builtins that only steer the shell: an allow-list need not name them.</summary>
    private static readonly HashSet<string> Steering =
    [
        ":",
        "[",
        "break",
        "cd",
        "continue",
        "declare",
        "eval",
        "exit",
        "export",
        "false",
        "getopts",
        "local",
        "popd",
        "pushd",
        "read",
        "readonly",
        "return",
        "set",
        "shift",
        "shopt",
        "test",
        "trap",
        "true",
        "typeset",
        "umask",
        "unset",
        "wait",
    ];

    /// <summary>How words are written that only come while the line runs.</summary>
    private const string More = "…";

    /// <param name="input">The text on its standard input; null when that is not known.</param>
    /// <param name="isCall">
    /// Of a function that the line defines: an allow-list need not name it. It is read like the program of that name all
    /// the same, and no name of a shell, a wrapper or a builtin counts as a function's.
    /// </param>
    private void Run(List<ShellWord> words, string? input, bool isCall = false)
    {
        if (!words[0].IsLiteral)
        {
            Add(words);
            return;
        }
        if (++bounds.Depth > ParseBounds.MaxDepth || words.Count > MaxWords)
        {
            AddUnknown("it is nested too deeply, or has too many words");
            bounds.Depth--;
            return;
        }
        var program = words[0].FileName().Text;
        if (Shells.Contains(program))
            RunShell(words, input);
        else if (Wrappers.All.TryGetValue(program, out var wrapper))
            RunWrapped(words, wrapper, program);
        else if (program == words[0].Text && RunBuiltin(program, words))
            Add(words, forDeny: Steering.Contains(program));
        else
        {
            RunProgram(program, words, input);
            if (program is "tee" or "cp" or "mv" or "ln" or "install" or "rsync" or "dd" or "sed" or "chmod")
                words.ForEach(NoteGitFile);
            if (isCall)
                _calls.Add(_commands.Count);
            Add(words, forDeny: isCall);
        }
        bounds.Depth--;
    }

    /// <summary>Whether an allow rule may look through it to what it runs: it is the system's own.</summary>
    private static bool IsSystems(string program) =>
        !program.Contains('/', StringComparison.Ordinal)
        || program.StartsWith("/bin/", StringComparison.Ordinal)
        || program.StartsWith("/usr/bin/", StringComparison.Ordinal);

    private void RunWrapped(List<ShellWord> words, Wrapper wrapper, string program)
    {
        var next = 1;
        var operands = wrapper.Operands;
        string? replaced = null;
        var script = default(ShellWord?);
        if (program == "command" && words.Count > 1 && words[1].Text is "-v" or "-V")
        {
            Add(words, forDeny: true);
            return;
        }
        if (program == "strace" && words.Exists(word => word.Text.AsSpan().ContainsAny('|', '!')))
            AddUnknown("`strace` may give what it writes to a command");
        for (; next < words.Count; next++)
        {
            var word = words[next];
            var isOption = word.Text.StartsWith('-') && operands == wrapper.Operands;
            if (!isOption || word.Text == "--")
            {
                next += word.Text == "--" && isOption ? 1 : 0;
                if (operands == 0 || next >= words.Count)
                    break;
                if (words[next].Kind == WordKind.Many)
                {
                    AddUnknown($"`{word.Source}` before the command of `{program}` may be several words; quote it");
                    break;
                }
                operands--;
                if (operands == 0)
                {
                    next++;
                    break;
                }
                continue;
            }
            if (wrapper.Form == WrapperForm.TextOfC && word.Text is "-c" or "--command" && next + 1 < words.Count)
            {
                script = words[++next];
                continue;
            }
            if (program == "xargs" && word.Text is ['-', 'I' or 'i' or 'J', ..])
            {
                replaced =
                    word.Text.Length > 2 ? word.Text[2..]
                    : word.Text[1] == 'i' ? "{}"
                    : next + 1 < words.Count ? words[++next].Text
                    : "";
                continue;
            }
            var length = word.Kind == WordKind.Many ? 0 : wrapper.Length(word.Text);
            if (length == 0 || (length == 2 && next + 1 < words.Count && words[next + 1].Kind == WordKind.Many))
            {
                AddUnknown($"the option `{word.Source}` of `{program}` is not known here");
                Add(words);
                return;
            }
            if (program == "xargs" && replaced is null && word.Text is "--replace")
                replaced = "{}";
            next += length - 1;
        }
        if (wrapper.Form == WrapperForm.WordsAfterVariables)
        {
            while (next < words.Count && words[next].Text.Contains('=', StringComparison.Ordinal))
                SetByArgument(words[next++]);
        }
        // `flock FILE -c TEXT`, `su USER -c TEXT`.
        if (wrapper.Form == WrapperForm.TextOfC && script is null)
        {
            var at = words.FindIndex(Math.Min(next, words.Count), word => word.Text is "-c" or "--command");
            if (at >= 0 && at + 1 < words.Count && (program != "flock" || at == next))
                script = words[at + 1];
        }
        var rest = words[Math.Min(next, words.Count)..];
        var runs =
            script is not null
            || (rest.Count > 0 && (wrapper.Form != WrapperForm.TextOfC || program is "flock" or "runuser" or "sg"));
        Add(
            words,
            forDeny: wrapper.Transparent
                && IsSystems(words[0].Text)
                && (runs || program is "exec" or "xargs" or "command")
        );
        if (script is { } text)
            RunText([text], program);
        else if (rest.Count > 0 && (wrapper.Form is WrapperForm.Text || program == "sg"))
            RunText(rest, program);
        else if (runs)
            Run(WithMore(rest, wrapper, replaced), null);
        else if (program is "su" or "sudo" or "doas" or "script" or "chroot" or "unshare")
            AddUnknown($"`{program}` starts a shell");
    }

    /// <summary>What <c>xargs</c> makes of its command: the placeholder replaced, or words added.</summary>
    private static List<ShellWord> WithMore(List<ShellWord> rest, Wrapper wrapper, string? replaced)
    {
        if (wrapper.Form != WrapperForm.WordsAndMore)
            return rest;
        if (replaced is null)
            return [.. rest, ShellWord.Unknown(WordKind.Many, More)];
        return
        [
            .. rest.Select(word =>
                replaced.Length > 0 && word.IsLiteral && word.Text.Split(replaced) is [var before, .., var after]
                    ? new ShellWord(before, WordKind.One, after, word.Source)
                    : word
            ),
        ];
    }

    /// <summary>Words that are joined and given to a shell.</summary>
    private void RunText(List<ShellWord> words, string program)
    {
        if (words.All(word => word.IsLiteral))
            RunScript(
                string.Join(' ', words.Select(word => word.Text)),
                $"the text that `{program}` runs",
                isHere: program is "eval" or "trap"
            );
        else
            AddUnknown($"`{program}` runs text that is computed: `{words.First(word => !word.IsLiteral).Source}`");
    }

    private void RunShell(List<ShellWord> words, string? input)
    {
        var (isText, isInput, next) = (false, false, 1);
        for (; next < words.Count; next++)
        {
            var word = words[next];
            if (word.Kind == WordKind.Many || (!word.IsLiteral && isText))
            {
                AddUnknown($"what `{words[0].Text}` runs is computed: `{word.Source}`");
                return;
            }
            if (word.Text is "--" or "-")
            {
                next++;
                break;
            }
            if (!word.IsLiteral || word.Text is not (['-' or '+', _, ..]))
                break;
            if (word.Text.StartsWith("--", StringComparison.Ordinal))
            {
                if (word.Text is "--version" or "--help")
                {
                    Add(words);
                    return;
                }
                if (word.Text is not ("--login" or "--posix" or "--norc" or "--noprofile" or "--noediting"))
                    AddUnknown($"the option `{word.Text}` of `{words[0].Text}` is not known here");
                continue;
            }
            isText |= word.Text.Contains('c', StringComparison.Ordinal);
            isInput |= word.Text.Contains('s', StringComparison.Ordinal);
            if (word.Text.Contains('i', StringComparison.Ordinal))
                AddUnknown($"`{words[0].Text} {word.Text}` is interactive");
            if (word.Text.Contains('O', StringComparison.Ordinal))
                AddUnknown($"`{words[0].Text} {word.Text}` changes how the line is read");
            next += word.Text.Count(letter => letter is 'o' or 'O');
        }
        var first = next < words.Count ? words[next] : default(ShellWord?);
        if (isText && first is { } script)
            RunText([script], words[0].Text);
        else if (isText)
            AddUnknown($"`{words[0].Text} -c` lacks its text");
        else if (first is null || isInput || IsStream(first.Value))
        {
            if (input is not null && first?.Source.StartsWith("<(", StringComparison.Ordinal) != true)
                RunScript(input, $"what `{words[0].Text}` reads");
            else
                AddUnknown($"`{words[0].Text}` reads its commands from elsewhere");
        }
        else
        {
            Add(words);
            return;
        }
        Add(words, forDeny: IsSystems(words[0].Text));
    }

    /// <summary>Not a file with a name: what is in it comes from the line itself.</summary>
    private static bool IsStream(ShellWord word) =>
        word.Source.StartsWith("<(", StringComparison.Ordinal)
        || word.Text.StartsWith("/dev/", StringComparison.Ordinal)
        || word.Text.StartsWith("/proc/", StringComparison.Ordinal);
}
