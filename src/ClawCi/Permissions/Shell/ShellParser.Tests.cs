namespace ClawCi.Permissions.Shell;

/// <summary><c>[[ … ]]</c>.</summary>
internal sealed partial class ShellParser
{
    private static readonly HashSet<string> BinaryTests = ["=", "==", "!=", "=~", "-nt", "-ot", "-ef"];
    private static readonly HashSet<string> NumberTests = ["-eq", "-ne", "-lt", "-le", "-gt", "-ge"];

    private BlockNode ReadTest()
    {
        List<SyntaxWord> words = [];
        List<ShellNode> operands = [];
        ReadTestList(words, operands);
        SkipNewlines();
        ExpectKeyword("]]");
        return new(BlockKind.Test, operands, words);
    }

    private void ReadTestList(List<SyntaxWord> words, List<ShellNode> operands)
    {
        if (!Enter())
            return;
        ReadPrimary(words, operands);
        for (SkipNewlines(); Take("&&") || Take("||"); SkipNewlines())
        {
            RefuseContinuedOperator();
            var before = words.Count;
            ReadPrimary(words, operands);
            // A shell without `[[` starts a command there.
            operands.Add(new SimpleNode([], words[before..]));
        }
        Leave();
    }

    private void ReadPrimary(List<SyntaxWord> words, List<ShellNode> operands)
    {
        SkipNewlines();
        while (TakeKeyword("!"))
            SkipNewlines();
        if (Current == '(' && !AtEnd)
        {
            Position++;
            ReadTestList(words, operands);
            SkipNewlines();
            Expect(')', "a parenthesis");
            return;
        }
        var first = ReadOperandWord();
        SkipBlanks();
        if (first is { Plain: true, Source: ['-', var letter] } && char.IsAsciiLetter(letter))
        {
            words.Add(first);
            var operand = ReadOperandWord();
            words.Add(letter is 'v' or 'R' or 't' ? AsArithmetic(operand) : operand);
        }
        else if (Current is '<' or '>' && Next != '(')
        {
            Position++;
            SkipBlanks();
            words.AddRange([first, ReadOperandWord()]);
        }
        else if (AtWord() && PeekKeyword() != "]]")
            ReadBinary(first, words);
        else
            words.Add(first);
    }

    private void ReadBinary(SyntaxWord first, List<SyntaxWord> words)
    {
        var operation = ReadWord();
        SkipBlanks();
        if (operation.Plain && NumberTests.Contains(operation.Source))
            words.AddRange([AsArithmetic(first), operation, AsArithmetic(ReadOperandWord())]);
        else if (!operation.Plain || !BinaryTests.Contains(operation.Source))
            Refuse($"`{operation.Source}` is not a test that `[[` has");
        else if (operation.Source == "=~")
        {
            words.AddRange([first, operation, ReadWord(isPattern: true)]);
            if (words[^1].Source.Length == 0)
                Refuse("a pattern is missing");
        }
        else
            words.AddRange([first, operation, ReadOperandWord()]);
    }

    private SyntaxWord ReadOperandWord()
    {
        SkipBlanks();
        if (PeekKeyword() == "]]")
            Refuse("an operand is missing before `]]`");
        return ReadRequiredWord();
    }

    /// <summary>Its value is computed, names in it included.</summary>
    private static SyntaxWord AsArithmetic(SyntaxWord word) =>
        word with
        {
            Parts =
            [
                new(
                    PartKind.Arithmetic,
                    string.Concat(word.Parts.Select(part => part.Kind == PartKind.Literal ? part.Text : "")),
                    Inner: word.Parts
                ),
            ],
        };
}
