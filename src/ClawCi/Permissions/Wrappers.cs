using System.Text.RegularExpressions;

namespace ClawCi.Permissions;

/// <summary>Commands that run another command, so that the first word does not say what happens.</summary>
internal static partial class Wrappers
{
    private static readonly HashSet<string> Keywords =
    [
        "!",
        "[[",
        "case",
        "coproc",
        "do",
        "done",
        "elif",
        "else",
        "esac",
        "fi",
        "for",
        "function",
        "if",
        "in",
        "select",
        "then",
        "time",
        "until",
        "while",
    ];

    private static readonly HashSet<string> Programs =
    [
        ".",
        "alias",
        "builtin",
        "busybox",
        "chroot",
        "chrt",
        "command",
        "doas",
        "env",
        "eval",
        "exec",
        "flock",
        "ionice",
        "nice",
        "nohup",
        "nsenter",
        "parallel",
        "runuser",
        "script",
        "setarch",
        "setpriv",
        "setsid",
        "source",
        "ssh",
        "stdbuf",
        "strace",
        "su",
        "sudo",
        "taskset",
        "time",
        "timeout",
        "toybox",
        "trap",
        "unshare",
        "watch",
        "xargs",
    ];

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

    /// <summary>Why the command cannot be judged by its words; null when it can.</summary>
    public static string? Refusal(IReadOnlyList<ShellWord> words)
    {
        var first = words[0];
        if (Assignment().IsMatch(first.Text))
            return "it sets a variable for the command";
        if (first.IsPattern)
            return "its first word is a pattern";
        if (Keywords.Contains(first.Text))
            return $"`{first.Text}` is shell syntax";
        var program = Path.GetFileName(first.Text);
        if (Programs.Contains(program))
            return $"`{program}` runs another command";
        if (Shells.Contains(program) && words.Skip(1).Any(RunsText))
            return $"`{program} -c` runs another command";
        if (program == "find" && words.Any(word => FindAction().IsMatch(word.Text)))
            return "`find` runs another command";
        return null;
    }

    private static bool RunsText(ShellWord word) => word.IsPattern || ShellOption().IsMatch(word.Text);

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*(\[[^]]*\])?\+?=")]
    private static partial Regex Assignment();

    [GeneratedRegex("^[-+][A-Za-z]*c|^--(command|init-file|rcfile)|^[-+]s")]
    private static partial Regex ShellOption();

    [GeneratedRegex("^-(exec|execdir|ok|okdir)$")]
    private static partial Regex FindAction();
}
