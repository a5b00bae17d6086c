namespace ClawCi.Permissions.Shell;

/// <summary>What setting a variable does to the commands of the line.</summary>
internal sealed partial class CommandCollector
{
    /// <param name="value">Null when it is not known, or is a list.</param>
    private void SetVariable(string name, ShellWord? value)
    {
        _isNumber[name] = _isNumber.GetValueOrDefault(name, true) && value is { } given && IsNumber(given);
        _isOperand[name] = _isOperand.GetValueOrDefault(name, true) && value is { Text: [not '-', ..] };
        if (name.Contains('[', StringComparison.Ordinal))
            AddUnknown($"the index in `{name}` is evaluated");
        if (Variables.IsNumber(name) && (value is not { } number || !IsNumber(number)))
            Evaluates($"`{name}` is a number, and what is set to it is evaluated");
        // A list in quotes is read again, and evaluates its indices.
        if (value is { Text: ['(', ..] })
            Evaluates($"`{name}` is set to a list in quotes");
        if (Variables.Configures(name))
            AddUnknown($"`{name}` can make a program run others");
        else if (
            name is "MAKEFLAGS" or "GNUMAKEFLAGS"
            && (
                value is not { IsLiteral: true } flags
                || flags.Text.Contains('$', StringComparison.Ordinal)
                || flags.Text.Contains("ev", StringComparison.Ordinal)
            )
        )
            AddUnknown($"`{name}` tells make what to run");
        else if (Variables.HoldsCommand(name))
        {
            if (value is { IsLiteral: true } command)
                RunScript(command.Text, $"`{name}`", ShellWord.Unknown(WordKind.Many, More));
            else
                AddUnknown($"`{name}` is run, and its value is computed");
            Doubt($"it sets `{name}`, which is run as a command");
        }
        else if (Variables.IsExpanded(name) && (value is not { IsLiteral: true } text || Expands(text.Text)))
            AddUnknown($"the shell expands `{name}`");
        if (Variables.Steers(name))
            Doubt($"it sets `{name}`, which decides what a command's name means");
    }

    private static bool Expands(string text) => text.AsSpan().ContainsAny('$', '`');

    /// <summary>An argument such as <c>NAME=value</c> of <c>export</c> or <c>env</c>; a bare name sets nothing new.</summary>
    private void SetByArgument(ShellWord word)
    {
        var equals = word.Text.IndexOf('=', StringComparison.Ordinal);
        if (equals > 0)
        {
            var name = word.Text[..equals].TrimEnd('+');
            SetVariable(
                name,
                word.IsLiteral
                    ? ShellWord.Literal(word.Text[(equals + 1)..]) with
                    {
                        Source = word.Text[(equals + 1)..],
                    }
                    : null
            );
        }
        else if (
            word.Source.AsSpan(0, Math.Max(0, word.Source.IndexOf('='))).Contains('[')
            || (word.IsLiteral && word.Text.Contains('['))
        )
            AddUnknown($"the index in `{word.Source}` is evaluated");
        else if (!word.IsLiteral)
            Evaluates($"it sets variables whose names are computed: `{word.Source}`");
    }

    /// <summary>A builtin that puts what it reads or makes into the variables that its words name.</summary>
    private void SetByName(ShellWord word)
    {
        if (word.IsLiteral)
            SetVariable(word.Text, null);
        else
            Evaluates($"it sets a variable whose name is computed: `{word.Source}`");
    }
}
