using System.Text.RegularExpressions;

namespace ClawCi.Permissions.Shell;

/// <summary>Programs that run others when an argument says so.</summary>
internal sealed partial class CommandCollector
{
    private static readonly HashSet<string> Interpreters =
    [
        "awk",
        "gawk",
        "mawk",
        "nawk",
        "lua",
        "node",
        "bun",
        "deno",
        "perl",
        "php",
        "python",
        "python2",
        "python3",
        "ruby",
        "tclsh",
    ];

    private void RunProgram(string program, List<ShellWord> words, string? input)
    {
        if (program == "find")
            RunFind(words);
        else if (program is "fd" or "fdfind")
            RunFd(words);
        else if (program == "git")
            RunGit(words);
        else if (
            program == "sed"
            && words.Exists(word => word.IsLiteral && (word.Text.Length > 4096 || SedExecutes().IsMatch(word.Text)))
        )
            AddUnknown("this `sed` script runs commands");
        else if (
            Interpreters.Contains(program)
            && (StartsOthers(words) || (input is not null && InlineStart().IsMatch(input)))
        )
            AddUnknown($"the inline program of `{program}` starts other programs");
        else if (
            program
                is "parallel"
                    or "at"
                    or "batch"
                    or "crontab"
                    or "expect"
                    or "gdb"
                    or "vim"
                    or "vi"
                    or "ex"
                    or "emacs"
                    or "ed"
            && words.Count > 1
        )
            AddUnknown($"`{program}` runs commands that are not read here");
        else if (
            program is "ld.so"
            || program.StartsWith("ld-linux", StringComparison.Ordinal)
            || program.StartsWith("ld-musl", StringComparison.Ordinal)
        )
            AddUnknown("the dynamic loader runs another program");
        if (
            program is "make" or "gmake"
                && words.Exists(word =>
                    word.Text.StartsWith("SHELL=", StringComparison.Ordinal)
                    || word.Text is "-f-"
                    || word.Source.StartsWith("<(", StringComparison.Ordinal)
                )
            || (
                program is "make"
                && words
                    .Zip(words.Skip(1))
                    .Any(pair => pair.First.Text is "-f" && (pair.Second.Text is "-" || IsStream(pair.Second)))
            )
        )
            AddUnknown("`make` gets its rules or its shell from the line");
        if (Wrappers.RunningOptions.TryGetValue(program, out var options))
            RunOptions(words, options);
        if (program == "tar" && words.Exists(word => word.Text.Contains("exec=", StringComparison.Ordinal)))
            AddUnknown("`tar --checkpoint-action` runs a command");
        if (
            words.Exists(word =>
                word.Text.StartsWith("ext::", StringComparison.Ordinal)
                || word.Text.Contains("ProxyCommand", StringComparison.OrdinalIgnoreCase)
                || word.Text.Contains("-Invoke", StringComparison.Ordinal)
            )
        )
            AddUnknown($"an argument of `{program}` makes it run a command");
        if (Wrappers.Subcommands.TryGetValue(program, out var subcommands))
        {
            var at = words.FindIndex(1, word => !word.Text.StartsWith('-'));
            if (at > 0 && subcommands.Contains(words[at].Text))
            {
                var from = words.FindIndex(at + 1, word => !word.Text.StartsWith('-'));
                if (from > 0)
                    Run(words[from..], null);
            }
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
            var isLong = name.StartsWith("--", StringComparison.Ordinal) && name.Length > 4;
            if (!options.Any(option => option == name || (isLong && option.StartsWith(name, StringComparison.Ordinal))))
                continue;
            var value =
                equals >= 0 ? words[i] with { Text = text[(equals + 1)..] }
                : i + 1 < words.Count ? words[i + 1]
                : default;
            if (value.Text is null)
                continue;
            if (value.IsLiteral)
                RunScript(value.Text, $"`{name}`", ShellWord.Unknown(WordKind.Many, "…"));
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
            Doubt($"the arguments of `find` are computed: `{computed.Source}`");
        for (var i = 1; i < words.Count; i++)
        {
            if (words[i].Text is "-exec" or "-execdir" or "-ok" or "-okdir")
            {
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
                Open(words[i + 1], writes: true);
        }
    }

    private static bool IsPattern(ShellWord word) =>
        !word.Source.Contains('$', StringComparison.Ordinal) && !word.Source.Contains('`', StringComparison.Ordinal);

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
            Run([.. words[(at + 1)..].Select(Found), ShellWord.Unknown(WordKind.Many, "…")], null);
    }

    private static bool StartsOthers(List<ShellWord> words) =>
        words
            .Skip(1)
            .Any(word =>
                word.IsLiteral && word.Text.AsSpan().ContainsAny('(', '`', '|') && InlineStart().IsMatch(word.Text)
            );

    /// <summary>The usual ways to start a program from a script language. Whoever wants to hide one can.</summary>
    [GeneratedRegex(
        """\b(system|popen|exec[lv]?[pe]*|execSync|execFile|spawn\w*|subprocess|child_process|shell_exec|passthru|proc_open|pty)\b|\bqx\b|`[^`]*`|"\s*\|\s*getline|(print|printf)[^;}]*\|\s*"|os\.posix_spawn|Open3""",
        RegexOptions.NonBacktracking
    )]
    private static partial Regex InlineStart();

    [GeneratedRegex(
        """(^|[;{}\n]|[0-9$/!])\s*e(\s+[^\s;}]|\s*($|[;}\n]))|(^|[;{}\n0-9$/,!\s])s([/|#,:@!])[^\n]*\4[gpiIm0-9]*e[gpiIm0-9]*\s*($|[;}\n])"""
    )]
    private static partial Regex SedExecutes();
}
