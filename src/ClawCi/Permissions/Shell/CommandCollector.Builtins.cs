namespace ClawCi.Permissions.Shell;

/// <summary>Builtins that run text, or change what other commands mean.</summary>
internal sealed partial class CommandCollector
{
    /// <returns>Whether the program is a builtin; what it runs in turn is noted.</returns>
    private bool RunBuiltin(string program, List<ShellWord> words)
    {
        var arguments = words[1..];
        switch (program)
        {
            case "eval":
                if (arguments.Count > 0)
                    RunText(arguments[0].Text == "--" ? arguments[1..] : arguments, "eval");
                break;
            case "trap":
                RunTrap(arguments);
                break;
            case "." or "source":
                if (arguments.Count > 0 && (IsStream(arguments[0]) || arguments[0].Kind == WordKind.Many))
                    AddUnknown($"`{program}` reads its commands from elsewhere");
                break;
            case "alias" when arguments.Count > 0:
                AddUnknown("`alias` gives other names to commands");
                break;
            case "fc" or "enable" or "bind":
                AddUnknown($"`{program}` changes what commands mean");
                break;
            case "hash"
                when arguments.Exists(word =>
                    word.Kind == WordKind.Many || (word.Text is ['-', ..] && word.Text.Contains('p'))
                ):
                AddUnknown("`hash -p` changes what a command's name means");
                break;
            case "complete"
            or "compgen"
            or "mapfile"
            or "readarray"
                when arguments.Exists(word => word.Text is ['-', ..] && word.Text.AsSpan().ContainsAny('C', 'F', 'W')):
                AddUnknown($"`{program}` runs a command of its own");
                break;
            case "mapfile" or "readarray" or "read" or "getopts" or "unset":
                _movesFunctions |= program == "unset";
                foreach (var word in arguments.Where(word => !word.Text.StartsWith('-')))
                    SetByName(word);
                break;
            case "printf" when arguments is [{ Text: ['-', 'v', .. var name] }, ..]:
                SetByName(
                    name.Length > 0 ? ShellWord.Literal(name)
                    : arguments.Count > 1 ? arguments[1]
                    : ShellWord.Literal("v")
                );
                break;
            case "let":
                foreach (var word in arguments)
                {
                    Evaluate(word.Text);
                    if (!word.IsLiteral || word.Text.Contains('[', StringComparison.Ordinal))
                        AddUnknown($"`let` evaluates `{word.Source}`");
                }
                break;
            case "wait" when arguments.Exists(word => word.Text is ['-', ..] && word.Text.Contains('p')):
                foreach (var word in arguments.Where(word => !word.Text.StartsWith('-')))
                    SetByName(word);
                break;
            case "["
            or "test"
                when arguments.FindIndex(word => word.Text == "-v") is >= 0 and var at && at + 1 < arguments.Count:
                SetByName(arguments[at + 1]);
                break;
            case "export" or "declare" or "typeset" or "local" or "readonly":
                foreach (var word in arguments)
                {
                    if (word.Text is not ['-' or '+', ..])
                    {
                        SetByArgument(word);
                        continue;
                    }
                    _movesFunctions |= word.Text.Contains('f', StringComparison.Ordinal);
                    if (word.Text.AsSpan().ContainsAny('n', 'i'))
                        Evaluates($"`{program} {word.Text}` lets values be evaluated");
                }
                break;
            case "set":
                // Every function is exported then.
                _movesFunctions |= arguments
                    .TakeWhile(word => word.Text != "--")
                    .Any(word =>
                        !word.IsLiteral
                        || word.Text is "allexport"
                        || word.Text is ['-', .. var letters] && letters.Contains('a')
                    );
                break;
            case "shopt"
                when arguments.Exists(word => !word.IsLiteral || word.Text is "nullglob" or "extglob" or "allexport"):
                AddUnknown("`shopt` changes how the line is read");
                break;
            case "cd" or "pushd":
                ChangeDirectory(
                    arguments.FindIndex(word => word.Text is not ['-', _, ..]) is >= 0 and var to ? arguments[to] : null
                );
                break;
            case "popd":
                ChangeDirectory(null);
                break;
            case "printf" or "echo":
                return false;
            default:
                return Steering.Contains(program);
        }
        return program != "printf";
    }

    private void RunTrap(List<ShellWord> arguments)
    {
        if (arguments is [{ Text: "--" }, ..])
            arguments = arguments[1..];
        if (arguments.Count < 2 || arguments[0].IsLiteral && arguments[0].Text is "-" or "-l" or "-p" or "")
            return;
        Within(ref _floating, () => RunText([arguments[0]], "trap"));
    }
}
