using System.Text.RegularExpressions;

namespace ClawCi.Permissions.Shell;

/// <summary>Git runs commands from its options, from its configuration, and for some subcommands.</summary>
internal sealed partial class CommandCollector
{
    private void RunGit(List<ShellWord> words)
    {
        var options = ProgramOptions.Of("git");
        var next = 1;
        for (; next < words.Count && words[next].Text.StartsWith('-'); next++)
        {
            var text = words[next].Text;
            if (text is "-c" or "--config-env" && next + 1 < words.Count)
                SetGitConfiguration(words[++next]);
            else if (
                text.StartsWith("--config-env=", StringComparison.Ordinal)
                || (text.StartsWith("-c", StringComparison.Ordinal) && text.Length > 2)
            )
                SetGitConfiguration(
                    words[next] with
                    {
                        Text = text[(text.StartsWith("-c", StringComparison.Ordinal) ? 2 : 13)..],
                    }
                );
            else if (text.StartsWith("--exec-path=", StringComparison.Ordinal))
                AddUnknown("`git --exec-path` takes its commands from elsewhere");
            else
                next += Math.Max(1, options.LengthIfKnown(text)) - 1;
        }
        if (next >= words.Count)
            return;
        var rest = words[(next + 1)..];
        if (
            words[next].Text is "clone" or "init"
            && rest.Exists(word => word.Text.StartsWith("--te", StringComparison.Ordinal))
        )
            AddUnknown("`git` gets hooks from the line");
        for (var at = 0; at < rest.Count; at++)
        {
            if (Value(rest, ref at, "--out", "--", "") is { } output)
                NoteGitFile(output);
        }
        switch (words[next].Text)
        {
            case "submodule" when rest.FindIndex(word => word.Text == "foreach") is >= 0 and var at:
                var from = rest.FindIndex(at + 1, word => !word.Text.StartsWith('-'));
                if (from >= 0)
                    RunText(rest[from..], "git submodule foreach");
                break;
            case "bisect" when rest is [{ Text: "run" }, _, ..]:
                Run(rest[1..], null);
                break;
            case "rebase" or "difftool":
                for (var at = 0; at < rest.Count; at++)
                {
                    // At the end of other letters, too, with its value attached or not.
                    var letter = rest[at].Text is ['-', not '-', ..]
                        ? rest[at].Text.IndexOf('x', StringComparison.Ordinal)
                        : -1;
                    if (letter > 0 && letter + 1 < rest[at].Text.Length)
                        RunText([rest[at] with { Text = rest[at].Text[(letter + 1)..] }], "git -x");
                    else if (letter > 0 && at + 1 < rest.Count)
                        RunText([rest[at + 1]], "git -x");
                }
                break;
            case "grep"
                when rest.Exists(word =>
                    word.Text is ['-', not ('-' or 'e' or 'f'), ..] && word.Text.Contains('O', StringComparison.Ordinal)
                ):
                AddUnknown("`git grep -O` runs a pager");
                break;
            case "for-each-repo":
                Run(
                    [words[0], .. rest.Where(word => !word.Text.StartsWith("--config", StringComparison.Ordinal))],
                    null
                );
                break;
            case "clone":
                for (var at = 0; at < rest.Count; at++)
                {
                    if (Value(rest, ref at, "--co", "-c", CloneFlags) is { } setting)
                        SetGitConfiguration(setting);
                    else if (Value(rest, ref at, "--u", "-u", CloneFlags) is { } program)
                        RunText([program], "git clone -u");
                }
                break;
            case "config":
                ConfigureGit(rest);
                break;
            case "hook" or "daemon" or "instaweb" or "send-email":
                AddUnknown($"`git {words[next].Text}` runs other programs");
                break;
        }
    }

    private void ConfigureGit(List<ShellWord> rest)
    {
        List<ShellWord> operands =
        [
            .. rest.Where(word => !word.Text.StartsWith('-') && word.Text is not ("set" or "get" or "list" or "unset")),
        ];
        if (rest.Exists(word => word.Text is "-e" or "--edit" or "edit"))
            AddUnknown("`git config --edit` runs an editor");
        if (operands.Count > 1 && !rest.Exists(word => word.Text.StartsWith("--get", StringComparison.Ordinal)))
            SetGitConfiguration(
                operands.Count > 2 && operands[0].Text.Contains('/')
                    ? operands[1]
                    : operands[0] with
                    {
                        Text = $"{operands[0].Text}={operands[1].Text}",
                        Kind = operands[0].Kind > operands[1].Kind ? operands[0].Kind : operands[1].Kind,
                    }
            );
    }

    private const string CloneFlags = "vqnls46";

    /// <summary>What is written to git's configuration or hooks is run by git's next command.</summary>
    private void NoteGitFile(ShellWord word)
    {
        var isRelative = word.Text is not ['/', ..];
        var isKnown =
            GitFile().IsMatch(word.Text)
            || GitFile().IsMatch(word.Tail)
            || (isRelative && _directories.Exists(directory => GitFile().IsMatch(directory + word.Text)));
        // In a directory that is not known, which may be git's.
        var name =
            !word.IsLiteral ? word.Tail
            : isRelative && _directories.Count == 0 ? $"/{word.Text}"
            : "";
        if (isKnown || name == "/config" || name.StartsWith("/hooks/", StringComparison.Ordinal))
            AddUnknown($"`{word.Source}` is written, which may make git run a program");
    }

    /// <summary>Also a <c>.git</c> that is a file, and says where the directory is.</summary>
    [GeneratedRegex(
        @"\.git/(.*/)?(config[^/]*|commondir|hooks(/.*)?)$|(^|[/=])(\.git/?|\.?gitconfig|git/config)$",
        RegexOptions.NonBacktracking | RegexOptions.Singleline
    )]
    private static partial Regex GitFile();

    /// <param name="setting"><c>key=value</c>.</param>
    private void SetGitConfiguration(ShellWord setting)
    {
        var equals = setting.Text.IndexOf('=', StringComparison.Ordinal);
        var key = (equals < 0 ? setting.Text : setting.Text[..equals]).ToLowerInvariant();
        var value = equals < 0 ? "" : setting.Text[(equals + 1)..];
        var isKnown = setting.IsLiteral || equals > 0;
        if (isKnown && HarmlessGitKey().IsMatch(key))
            return;
        if (
            setting.IsLiteral
            && key is "core.pager" or "core.editor" or "sequence.editor" or "core.hookspath" or "core.fsmonitor"
            && value is "" or "cat" or "true" or "false" or "less" or ":" or "/dev/null"
        )
            return;
        AddUnknown($"the git setting `{(key.Length > 0 ? key : setting.Source)}` may make git run a program");
    }

    [GeneratedRegex(
        @"^(user\.(name|email|signingkey|useconfigonly)|color\..*|column\..*|advice\..*|safe\.directory|init\.defaultbranch|core\.(autocrlf|eol|quotepath|abbrev|filemode|ignorecase|longpaths|safecrlf|whitespace|precomposeunicode|symlinks|sparsecheckout)|commit\.gpgsign|tag\.gpgsign|log\.[a-z]+|diff\.(renames|algorithm|context|noprefix|mnemonicprefix|renamelimit|colormoved|submodule)|merge\.(conflictstyle|renamelimit|ff|stat)|pull\.(rebase|ff)|push\.(default|autosetupremote)|fetch\.(prune|parallel)|gc\.auto|http\.(postbuffer|version|lowspeedlimit|lowspeedtime)|protocol\.version|rebase\.(autostash|autosquash)|status\.[a-z]+|apply\.whitespace|branch\..*\.(remote|merge|rebase)|remote\..*\.(url|fetch|pushurl)|pack\.[a-z]+|index\.[a-z]+|feature\.[a-z]+)$",
        RegexOptions.NonBacktracking
    )]
    private static partial Regex HarmlessGitKey();
}
