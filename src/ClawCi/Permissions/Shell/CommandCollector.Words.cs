namespace ClawCi.Permissions.Shell;

/// <summary>From words as written to words as far as they are known, on the way through every substitution in them.</summary>
internal sealed partial class CommandCollector
{
    private ShellWord Resolve(SyntaxWord word)
    {
        if (word.Parts is [{ Kind: PartKind.Literal } only])
        {
            NoteText(only.Text);
            var home = HomeIn(word);
            return home < 0
                ? new(only.Text, WordKind.Literal, "", word.Source)
                : new(only.Text[..home], WordKind.One, only.Text[(home + 1)..], word.Source);
        }
        var (text, tail, kind) = ("", "", WordKind.Literal);
        foreach (var part in word.Parts)
        {
            if (part.Kind == PartKind.Literal)
            {
                NoteText(part.Text);
                if (kind == WordKind.Literal)
                    text += part.Text;
                tail += part.Text;
                continue;
            }
            tail = "";
            var partKind = KindOf(part);
            kind = partKind > kind ? partKind : kind;
            VisitPart(part);
        }
        return new(text, kind, kind == WordKind.Literal ? "" : tail, word.Source);
    }

    /// <summary>Where an unquoted tilde stands for a directory; negative when none does.</summary>
    private static int HomeIn(SyntaxWord word)
    {
        if (word.Source.StartsWith('~'))
            return 0;
        var equals = word.Source.IndexOf("=~", StringComparison.Ordinal);
        return equals > 0 && word.Plain && char.IsAsciiLetter(word.Source[0]) ? equals + 1 : -1;
    }

    private WordKind KindOf(WordPart part) =>
        part.Kind switch
        {
            PartKind.Pattern => WordKind.Many,
            PartKind.Parameter when part.Text is "@" || part.Text.EndsWith("[@]", StringComparison.Ordinal) =>
                WordKind.Many,
            _ when part.Quoted => WordKind.One,
            PartKind.Process => WordKind.One,
            PartKind.Arithmetic => WordKind.One,
            // Numbers, and directories that nobody sets to more than one word unless the line does.
            PartKind.Parameter when part.Operator.Length == 0 && part.Text is "?" or "#" or "$" or "!" => WordKind.One,
            PartKind.Parameter
                when part.Operator.Length == 0 && part.Text is "HOME" or "PWD" && !_isNumber.ContainsKey(part.Text) =>
                WordKind.One,
            _ => WordKind.Many,
        };

    private void VisitPart(WordPart part)
    {
        if (part.Kind == PartKind.Literal)
            NoteText(part.Text);
        if (part.Script is { } script)
            Visit(script);
        foreach (var inner in part.Inner ?? [])
            VisitPart(inner);
        if (part.Kind == PartKind.Arithmetic)
            Evaluate(part);
        if (part.Kind != PartKind.Parameter)
            return;
        if (part.Operator is [.., '@', 'P' or 'A' or 'E' or 'K' or 'k' or 'a'])
            AddUnknown($"`${{{part.Text}{part.Operator}}}` is expanded once more");
        if (part.Operator is ['!', ..] && !part.Text.Contains('['))
            Evaluates($"`${{!{part.Text}}}` is expanded twice");
        if (part.Operator is ['=', ..] or [':', '=', ..])
            SetVariable(part.Text, null);
    }

    /// <summary>
    /// Arithmetic takes a variable's text for an expression again, and an index in it may run a command. Numbers that
    /// the line itself computes cannot do that.
    /// </summary>
    private void Evaluate(WordPart part)
    {
        Evaluate(part.Text);
        foreach (var inner in part.Inner ?? [])
        {
            if (
                inner.Kind == PartKind.Parameter
                && inner.Operator != "#"
                && inner.Text is not ("" or "?" or "#" or "$" or "!")
            )
                EvaluateName(inner.Text);
            else if (inner.Kind == PartKind.Command)
                Evaluates("arithmetic evaluates what a command printed");
        }
    }

    private void Evaluate(string text)
    {
        var assigns = text.Contains('=', StringComparison.Ordinal) || text.Contains("++") || text.Contains("--");
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsAsciiLetter(text[i]) && text[i] != '_')
            {
                // The rest of a number, 0x1f, is no name.
                while (char.IsAsciiDigit(text[i]) && i + 1 < text.Length && char.IsAsciiLetterOrDigit(text[i + 1]))
                    i++;
                continue;
            }
            var start = i;
            while (i + 1 < text.Length && (char.IsAsciiLetterOrDigit(text[i + 1]) || text[i + 1] == '_'))
                i++;
            var name = text[start..(i + 1)];
            EvaluateName(name);
            if (assigns)
                SetVariable(name, ShellWord.Literal("0"));
        }
    }

    private void EvaluateName(string name) => _evaluated.Add(name);

    /// <summary>Once the whole line was seen, which may set a variable behind its use.</summary>
    private void JudgeVariables()
    {
        foreach (var (name, why) in _operands)
        {
            if (!_isOperand.GetValueOrDefault(name))
                Doubt(why);
        }
        foreach (var name in _evaluated.Where(name => !_isNumber.GetValueOrDefault(name)))
            Evaluates($"arithmetic evaluates the text of `{name}`");
        foreach (var why in _hidesCommand ? _evaluations : [])
            AddUnknown($"{why}, and a quoted text contains a substitution");
        if (_computedFinds > 0 && _actions > 0)
            AddUnknown("`find` gets arguments that are computed, and there is an action among other words");
    }

    /// <summary>The shell takes a text for something to expand. That is harmless as long as no text hides a command.</summary>
    private void Evaluates(string why)
    {
        Doubt(why);
        _evaluations.Add(why);
    }

    private void NoteText(string text)
    {
        if (text.StartsWith("-exec", StringComparison.Ordinal) || text.StartsWith("-ok", StringComparison.Ordinal))
            _actions++;
        _hidesCommand |=
            text.Contains('`', StringComparison.Ordinal)
            || text.Contains("$(", StringComparison.Ordinal)
            || text.EndsWith('$');
    }

    private static bool IsNumber(ShellWord word) =>
        word is { IsLiteral: true, Text.Length: > 0 } && word.Text.All(char.IsAsciiDigit)
        || word.Source.StartsWith("$((", StringComparison.Ordinal)
            && word.Source.EndsWith("))", StringComparison.Ordinal)
        || word.Source is ['{', .. var range, '}'] && range.All(c => char.IsAsciiDigit(c) || c == '.');
}
