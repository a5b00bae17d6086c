using System.Buffers;

namespace ClawCi.Permissions.Shell;

/// <summary>Programs that run others when an argument says so.</summary>
internal sealed partial class CommandCollector
{
    private void RunProgram(string program, List<ShellWord> words, string? input)
    {
        switch (program)
        {
            case "find":
                RunFind(words);
                break;
            case "fd" or "fdfind":
                RunFd(words);
                break;
            case "git":
                RunGit(words);
                break;
            case "tar" or "bsdtar" or "gtar":
                RunTar(words);
                break;
            case "rsync":
                RunRemoteShell(words);
                break;
            case "parallel"
            or "at"
            or "batch"
            or "crontab"
            or "expect"
            or "gdb"
            or "vim"
            or "vi"
            or "ex"
            or "emacs"
            or "ed" when words.Count > 1:
            case "newgrp" or "start-stop-daemon" or "capsh" or "run-parts":
                AddUnknown($"`{program}` runs commands that are not read here");
                break;
            default:
                if (
                    program is "ld.so"
                    || program.StartsWith("ld-linux", StringComparison.Ordinal)
                    || program.StartsWith("ld-musl", StringComparison.Ordinal)
                )
                    AddUnknown("the dynamic loader runs another program");
                else
                    RunOwnScript(program, words, input);
                break;
        }
        if (Wrappers.RunningOptions.TryGetValue(program, out var options))
            RunOptions(words, options);
        if (program is "sort" or "split" or "rg" or "tar" or "rsync" or "sed" or "gsed")
            ExpectOperands(program, words);
        if (
            words.Exists(word =>
                word.Text.AsSpan().ContainsAny(RunningWords) || word.Text.AsSpan().ContainsAny(RunningOptionNames)
            )
        )
            AddUnknown($"an argument of `{program}` makes it run a command");
        if (
            Wrappers.Subcommands.TryGetValue(program, out var subcommands)
            && words.FindIndex(1, word => word.IsLiteral && subcommands.Names.Contains(word.Text)) is > 0 and var at
        )
            RunSubcommand(program, words, at, subcommands.Options);
    }

    /// <summary>What <c>npm exec</c> runs. An option that is not known may take the next word or not: both are read then.</summary>
    /// <param name="at">The subcommand.</param>
    private void RunSubcommand(string program, List<ShellWord> words, int at, Wrapper options)
    {
        for (var i = 1; program == "npm" && i < words.Count && words[i].Text != "--"; i++)
        {
            var equals = words[i].Text.IndexOf('=', StringComparison.Ordinal);
            if (IsCall(equals < 0 ? words[i].Text : words[i].Text[..equals]))
                RunText(
                    [
                        equals >= 0 ? words[i] with { Text = words[i].Text[(equals + 1)..] }
                        : i + 1 < words.Count ? words[i + 1]
                        : ShellWord.Literal(""),
                    ],
                    program
                );
        }
        var mayBeValue = false;
        for (var i = at + 1; i < words.Count; i++)
        {
            var text = words[i].Text;
            if (text is not ['-', _, ..])
            {
                Begin(i);
                if (!mayBeValue)
                    return;
                mayBeValue = false;
            }
            else if (text == "--")
            {
                if (i + 1 < words.Count)
                    Begin(i + 1);
                return;
            }
            else
            {
                var length = options.Length(text);
                mayBeValue = length == 0 && !text.Contains('=', StringComparison.Ordinal);
                i += length == 2 ? 1 : 0;
            }
        }

        void Begin(int from)
        {
            Run(words[from..], null);
            // Some give one word to a shell.
            if (words[from] is { IsLiteral: true } first && first.Text.Contains(' ', StringComparison.Ordinal))
                RunText([first], program);
        }
    }

    /// <summary><c>--call</c> of npm, which takes one dash, a beginning and other letters before its own, too.</summary>
    private static bool IsCall(string option) =>
        option is ['-', _, ..]
        && option.TrimStart('-') is { Length: > 0 } name
        && ("call".StartsWith(name, StringComparison.Ordinal) || (option[1] != '-' && name.EndsWith('c')));

    /// <summary>A word that is not known may be one of the options that run a program.</summary>
    private void ExpectOperands(string program, List<ShellWord> words)
    {
        foreach (var word in words.Skip(1))
        {
            if (word is { IsLiteral: true, Text: "--" })
                return;
            if (word.IsLiteral || word.Text.Length > 0)
                continue;
            // What it begins with decides.
            var name = word.Source.AsSpan().TrimStart("\"${");
            var end = name.IndexOfAnyExcept(NameCharacters);
            _operands.Add(
                (
                    (end < 0 ? name : name[..end]).ToString(),
                    $"`{word.Source}` may be an option of `{program}` that runs a program; put `--` or `./` before it"
                )
            );
        }
    }

    /// <summary>A transport of git's, and apt's hooks such as <c>Pre-Invoke</c>.</summary>
    private static readonly SearchValues<string> RunningWords = SearchValues.Create(
        ["ext::", "-Invoke"],
        StringComparison.Ordinal
    );

    /// <summary>Of ssh, whose options have no case.</summary>
    private static readonly SearchValues<string> RunningOptionNames = SearchValues.Create(
        ["ProxyCommand", "LocalCommand", "HostsCommand"],
        StringComparison.OrdinalIgnoreCase
    );

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
    );

    private void RunTar(List<ShellWord> words)
    {
        if (words.Exists(word => word.Text.Contains("exec=", StringComparison.Ordinal)))
            AddUnknown("`tar --checkpoint-action` runs a command");
        // `tar cIf PROGRAM ARCHIVE`, `tar -IPROGRAM`: the value is somewhere.
        for (var i = 1; i < words.Count; i++)
        {
            var text = words[i].Text;
            if (
                (i == 1 || text is ['-', not '-', ..])
                && text is not ("-I" or "-F")
                && text.AsSpan().ContainsAny('I', 'F')
                && !text.AsSpan().ContainsAny('/', '.')
            )
                AddUnknown($"`{words[i].Source}` makes tar run a program");
        }
    }

    /// <summary>Of rsync: <c>-e</c> at the end of other letters.</summary>
    private void RunRemoteShell(List<ShellWord> words)
    {
        for (var i = 1; i < words.Count; i++)
        {
            var text = words[i].Text;
            var at = text is ['-', not '-', _, ..] ? text.IndexOf('e', StringComparison.Ordinal) : -1;
            if (at < 0)
                continue;
            var script =
                at + 1 < text.Length ? words[i] with { Text = text[(at + 1)..] }
                : i + 1 < words.Count ? words[i + 1]
                : ShellWord.Literal("");
            if (script.IsLiteral)
                RunScript(script.Text, "`-e` of rsync", ShellWord.Unknown(WordKind.Many, More));
            else
                AddUnknown("the command behind `-e` of rsync is computed");
        }
    }

    private void RunOptions(List<ShellWord> words, string[] options)
    {
        for (var i = 1; i < words.Count; i++)
        {
            var text = words[i].Text;
            if (!text.StartsWith('-'))
                continue;
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? text : text[..equals];
            // Shortened as far as people like; but filter-branch reads its own.
            var isLong = name.StartsWith("--", StringComparison.Ordinal) && name.Length > 2;
            if (
                !options.Any(option =>
                    option == name
                    || isLong
                        && option.StartsWith(name, StringComparison.Ordinal)
                        && option.LastIndexOf("-filter", StringComparison.Ordinal) <= 1
                )
            )
                continue;
            var value =
                equals >= 0 ? words[i] with { Text = text[(equals + 1)..] }
                : i + 1 < words.Count ? words[i + 1]
                : default;
            if (value.Text is null)
                continue;
            if (value.IsLiteral)
                RunScript(value.Text, $"`{name}`", ShellWord.Unknown(WordKind.Many, More));
            else
                AddUnknown($"the command behind `{name}` is computed");
        }
    }

    private void RunFind(List<ShellWord> words)
    {
        if (
            words
                .Skip(1)
                .FirstOrDefault(word => word.Kind == WordKind.Many && word.Text.Length == 0 && !IsPattern(word)) is
            { Source: not null } computed
        )
        {
            Doubt($"the arguments of `find` are computed: `{computed.Source}`");
            _computedFinds++;
        }
        for (var i = 1; i < words.Count; i++)
        {
            if (words[i].Text is "-exec" or "-execdir" or "-ok" or "-okdir")
            {
                _actions--;
                var end = words.FindIndex(i + 1, word => word.Text is ";" || (word.Text is "+"));
                if (end < 0)
                    end = words.Count;
                List<ShellWord> command = [.. words[(i + 1)..end].Select(Found)];
                if (command.Count > 0)
                    Within(ref _floating, () => Run(command, null));
                i = end;
            }
            else if (words[i].Text == "-delete")
                Add([ShellWord.Literal("rm"), ShellWord.Literal("-f"), new ShellWord("./", WordKind.One, "", "…")]);
            else if (words[i].Text is "-fprint" or "-fprint0" or "-fls" or "-fprintf" && i + 1 < words.Count)
            {
                NoteGitFile(words[i + 1]);
                Open(words[i + 1], writes: true);
            }
        }
    }

    private static bool IsPattern(ShellWord word) =>
        word.Source != More
        && !word.Source.Contains('$', StringComparison.Ordinal)
        && !word.Source.Contains('`', StringComparison.Ordinal);

    private static ShellWord Found(ShellWord word) =>
        word.IsLiteral && word.Text.Split("{}") is [var before, .., var after]
            ? new ShellWord(
                before,
                before.Length + after.Length == 0 ? WordKind.Many : WordKind.One,
                after,
                word.Source
            )
            : word;

    private void RunFd(List<ShellWord> words)
    {
        var at = words.FindIndex(word => word.Text is "-x" or "-X" or "--exec" or "--exec-batch");
        if (at > 0 && at + 1 < words.Count)
            Run([.. words[(at + 1)..].Select(Found), ShellWord.Unknown(WordKind.Many, More)], null);
    }
}
