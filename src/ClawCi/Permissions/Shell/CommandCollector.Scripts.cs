using System.Text.RegularExpressions;

namespace ClawCi.Permissions.Shell;

/// <summary>Programs that come with a script in a language of their own.</summary>
internal sealed partial class CommandCollector
{
    private const int LongestScript = 4096;

    private void RunOwnScript(string program, List<ShellWord> words, string? input)
    {
        switch (program)
        {
            case "sed" or "gsed":
                RunSed(words);
                break;
            case "awk" or "gawk" or "mawk" or "nawk":
                RunAwk(program, words);
                break;
            case "make" or "gmake":
                RunMake(words);
                break;
            case "pwsh" or "powershell":
                RunPowerShell(program, words);
                break;
            case "lua"
            or "node"
            or "nodejs"
            or "bun"
            or "deno"
            or "perl"
            or "php"
            or "python"
            or "python2"
            or "python3"
            or "ruby"
            or "tclsh":
                RunInterpreter(program, words, input);
                break;
        }
    }

    private void RunSed(List<ShellWord> words)
    {
        List<ShellWord> scripts = [];
        List<ShellWord> operands = [];
        var fromFile = false;
        for (var i = 1; i < words.Count; i++)
        {
            var text = words[i].Text;
            if (text is not ['-', _, ..])
                operands.Add(words[i]);
            else if (Value(words, ref i, "--e", "-e", "nErsuz") is { } script)
                scripts.Add(script);
            else if (Value(words, ref i, "--fi", "-f", "nErsuz") is { } file)
            {
                fromFile = true;
                if (file.Text == "-" || IsStream(file) || !file.IsLiteral)
                    AddUnknown("`sed` gets its script from the line");
            }
            else
                _ = Value(words, ref i, "--line-length", "-l", "nErsuz");
        }
        if (scripts.Count == 0 && !fromFile)
            scripts.AddRange(operands.Take(1));
        foreach (var script in scripts)
        {
            if (
                script.IsLiteral
                    ? script.Text.Length > LongestScript || SedScript.RunsCommands(script.Text)
                    : IsUnclear(script, SedExecutes()) || SedExecutes().IsMatch(script.Source)
            )
                AddUnknown("this `sed` script runs commands, or is not clear");
        }
    }

    private void RunAwk(string program, List<ShellWord> words)
    {
        List<ShellWord> programs = [];
        var (fromFile, first) = (false, default(ShellWord?));
        for (var i = 1; i < words.Count; i++)
        {
            var text = words[i].Text;
            if (text is not ['-', _, ..] || first is not null)
                first ??= words[i];
            else if (Value(words, ref i, "--so", "-e", "") is { } source)
                programs.Add(source);
            else if ((Value(words, ref i, "--fil", "-f", "") ?? Value(words, ref i, "--e", "-E", "")) is { } file)
            {
                fromFile = true;
                if (file.Text == "-" || IsStream(file) || !file.IsLiteral)
                    AddUnknown($"`{program}` gets its program from the line");
            }
            else
                _ = Value(words, ref i, "--field-separator", "-F", "") ?? Value(words, ref i, "--assign", "-v", "");
        }
        if (programs.Count == 0 && !fromFile && first is { } operand)
            programs.Add(operand);
        foreach (var text in programs)
        {
            if (
                text.IsLiteral
                    ? text.Text.Length > LongestScript || AwkProgram.RunsCommands(text.Text)
                    : IsUnclear(text, InlineStart())
            )
                AddUnknown($"the program of `{program}` runs commands, or is not clear");
        }
    }

    private void RunMake(List<ShellWord> words)
    {
        for (var i = 1; i < words.Count; i++)
        {
            var word = words[i];
            if (
                word.Text.StartsWith("SHELL=", StringComparison.Ordinal)
                || word.Text.StartsWith(".SHELLFLAGS", StringComparison.Ordinal)
                || (word.IsLiteral && word.Text.Contains('$', StringComparison.Ordinal))
                || word.Text.StartsWith("--ev", StringComparison.Ordinal)
                || (word.Text is ['-', not '-', ..] && word.Text.Contains('E', StringComparison.Ordinal))
            )
                AddUnknown($"`{word.Source}` tells make what to run");
            else if (
                (Value(words, ref i, "--fi", "-f", Letters) ?? Value(words, ref i, "--mak", "-f", Letters)) is { } file
                && (file.Text == "-" || IsStream(file) || !file.IsLiteral)
            )
                AddUnknown("`make` gets its rules from the line");
        }
    }

    private void RunInterpreter(string program, List<ShellWord> words, string? input)
    {
        foreach (var word in words.Skip(1))
        {
            if (
                word.IsLiteral
                && word.Text.AsSpan().ContainsAny("(`|{")
                && (word.Text.Length > 4 * LongestScript || InlineStart().IsMatch(word.Text))
            )
                AddUnknown($"the inline program of `{program}` starts other programs");
        }
        if (input is not null && InlineStart().IsMatch(input))
            AddUnknown($"the inline program of `{program}` starts other programs");
        for (var i = 1; i + 1 < words.Count; i++)
        {
            if (words[i].Text is "-c" or "-e" or "-r" or "-p" or "--eval" && IsWhollyComputed(words[i + 1]))
                AddUnknown($"the inline program of `{program}` is computed");
        }
    }

    /// <summary>Only a script's own file is clear; options may be shortened, in any case, and take text or more options.</summary>
    private void RunPowerShell(string program, List<ShellWord> words)
    {
        var first = words.FindIndex(1, word => !PowerShellOptions.Contains(word.Text));
        if (
            first < 0
            || !words[first].IsLiteral
            || !words[first].Text.EndsWith(".ps1", StringComparison.OrdinalIgnoreCase)
        )
            AddUnknown($"what `{program}` runs is not read here");
    }

    private static readonly HashSet<string> PowerShellOptions = new(StringComparer.OrdinalIgnoreCase)
    {
        "-File",
        "-f",
        "-NoLogo",
        "-NonInteractive",
        "-NoProfile",
    };

    private const string Letters = "BbdehiknpqrRsStvw";

    /// <summary>The value of an option, attached or in the next word; null when this is another option.</summary>
    /// <param name="name">The long option's first letters.</param>
    /// <param name="letter">The short one, <c>-f</c>.</param>
    /// <param name="flags">Letters without a value that may stand before it.</param>
    private static ShellWord? Value(List<ShellWord> words, ref int at, string name, string letter, string flags)
    {
        var word = words[at];
        var from = -1;
        if (word.Text.StartsWith(name, StringComparison.Ordinal))
            from = word.Text.IndexOf('=', StringComparison.Ordinal) + 1;
        else if (word.Text is ['-', not '-', ..])
        {
            var last = 1;
            while (last < word.Text.Length && flags.Contains(word.Text[last], StringComparison.Ordinal))
                last++;
            if (last >= word.Text.Length || word.Text[last] != letter[1])
                return null;
            from = last + 1 < word.Text.Length || !word.IsLiteral ? last + 1 : 0;
        }
        if (from < 0)
            return null;
        if (from > 0)
            return word with { Text = word.Text[from..] };
        return at + 1 < words.Count ? words[++at] : ShellWord.Literal("");
    }

    /// <summary>Whether a script that is computed in part may start programs, as far as it is known.</summary>
    private static bool IsUnclear(ShellWord script, Regex starts) =>
        IsWhollyComputed(script)
        || script.Text.Length + script.Tail.Length > LongestScript
        || starts.IsMatch(script.Text)
        || starts.IsMatch(script.Tail);

    private static bool IsWhollyComputed(ShellWord word) => !word.IsLiteral && word.Text.Length + word.Tail.Length == 0;

    /// <summary>The usual ways to start a program from a script language. Whoever wants to hide one can.</summary>
    [GeneratedRegex(
        """\b(system|popen|exec[lv]?[pe]*|execSync|execFile|spawn\w*|subprocess|child_process|shell_exec|passthru|proc_open|pty)\b|\bqx\b|%x\W|`[^`]*`|"\s*\|\s*getline|(print|printf)[^;}]*\|\s*"|["']\s*(\|[\s\w]|-\|)|os\.posix_spawn|Open3""",
        RegexOptions.NonBacktracking
    )]
    private static partial Regex InlineStart();

    /// <summary>The command <c>e</c>, and what ends like an <c>s</c> with the flag <c>e</c>.</summary>
    [GeneratedRegex(
        """(^|[;{}\n]|[0-9$/!])\s*e(\s+[^\s;}]|\s*($|[;}\n]))|[^\w\s][gpiImM0-9]*e[gpiImM0-9]*\s*($|[;}\n])""",
        RegexOptions.NonBacktracking
    )]
    private static partial Regex SedExecutes();
}
