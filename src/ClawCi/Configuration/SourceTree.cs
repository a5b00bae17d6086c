using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ClawCi.Configuration;

/// <summary>
/// Reads YAML, and JSON as its subset, into nodes with places. Refuses what surprises: anchors and aliases, tags,
/// merge keys, duplicate keys, tabs as indentation, directives, several documents.
/// </summary>
internal sealed class SourceTree
{
    private const int MaxDepth = 32;
    private const string TabMessage = "a tab. YAML is indented with spaces.";

    private readonly SourceErrors _errors;
    private readonly string[] _lines;
    private readonly Parser _parser;
    private int _flowDepth;

    private SourceTree(SourceFile file, SourceErrors errors)
    {
        _errors = errors;
        _lines = file.Text.Split('\n');
        _parser = new Parser(new Scanner(new StringReader(file.Text), skipComments: true));
    }

    /// <summary>The root node; null when the file is empty or no YAML, which <paramref name="errors"/> then says.</summary>
    public static SourceNode? Read(SourceFile file, SourceErrors errors)
    {
        var tree = new SourceTree(file, errors);
        try
        {
            return tree.ReadDocument();
        }
        catch (YamlException e)
        {
            var place = PlaceOf(e.Start);
            // A tab is YAML's most common mistake, and the parser's own words for it are about tokens.
            // Where it names a tab it may mean one further down than the place it gives.
            var last = e.Message.Contains("tab", StringComparison.Ordinal) ? tree._lines.Length : (int)e.End.Line + 1;
            var lines = Enumerable.Range(place.Line, Math.Max(0, last - place.Line) + 1);
            if (lines.Select(tree.TabIn).FirstOrDefault(found => found is not null) is { } tab)
                errors.Add(tab, TabMessage);
            else
                errors.Add(place, $"not valid YAML: {Sentence(e.Message)}");
        }
        catch (InvalidOperationException)
        {
            // The parser loses its way on some misplaced document markers.
            errors.Add(PlaceOf(tree._parser.Current?.End ?? Mark.Empty), "not valid YAML: a misplaced `...` or `---`");
        }
        catch (Refused)
        {
            // Already among the errors; what follows in the file has no meaning without it.
        }
        return null;
    }

    private SourceNode? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _))
        {
            _errors.Add(new(1, 1), "the file is empty");
            return null;
        }
        var start = _parser.Consume<DocumentStart>();
        if (start.Version is not null || start.Tags is { Count: > 0 } && !start.IsImplicit)
            throw Refuse(PlaceOf(start.Start), "YAML directives are not supported");
        var root = ReadNode(1);
        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<DocumentStart>(out var second))
            throw Refuse(
                PlaceOf(second.Start),
                "a second document in one file is not supported; use one file for each"
            );
        return root;
    }

    private SourceNode ReadNode(int depth)
    {
        var place = PlaceOf(_parser.Current!.Start);
        if (depth > MaxDepth)
            throw Refuse(place, $"nested more than {MaxDepth} levels deep");
        if (_parser.TryConsume<AnchorAlias>(out var alias))
            throw Refuse(place, $"aliases are not supported: `*{alias.Value}`. Write the value out.");
        if (_parser.Current is NodeEvent node)
            RefuseDecoration(node, place);
        if (_flowDepth == 0 && TabIn(place.Line) is { } tab)
            throw Refuse(tab, TabMessage);
        if (_parser.TryConsume<Scalar>(out var scalar))
            return ReadScalar(scalar, place);
        if (_parser.TryConsume<SequenceStart>(out var sequence))
            return InFlow(sequence.Style == SequenceStyle.Flow, () => ReadSequence(place, depth));
        var mapping = _parser.Consume<MappingStart>();
        return InFlow(mapping.Style == MappingStyle.Flow, () => ReadMapping(place, depth));
    }

    private SourceScalar ReadScalar(Scalar scalar, Place place)
    {
        var kind = scalar.Style == ScalarStyle.Plain ? CoreSchema.Resolve(scalar.Value) : ScalarKind.Text;
        if (kind == ScalarKind.ForeignNumber)
            _errors.Add(
                place,
                $"`{scalar.Value}` is a number to YAML only. Write it in decimal, or in quotes as text."
            );
        return new(place, scalar.Value, kind);
    }

    private SourceNode InFlow(bool flow, Func<SourceNode> read)
    {
        _flowDepth += flow ? 1 : 0;
        var node = read();
        _flowDepth -= flow ? 1 : 0;
        return node;
    }

    private SourceSequence ReadSequence(Place place, int depth)
    {
        List<SourceNode> items = [];
        while (!_parser.TryConsume<SequenceEnd>(out _))
            items.Add(ReadNode(depth + 1));
        return new SourceSequence(place, items);
    }

    private SourceMapping ReadMapping(Place place, int depth)
    {
        List<SourceEntry> entries = [];
        Dictionary<string, Place> seen = [];
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = ReadNode(depth + 1);
            if (key is not SourceScalar { Kind: not ScalarKind.Null } scalar)
                throw Refuse(key.Place, $"a key must be a word, this is {key.Describe()}");
            if (scalar is { Text: "<<", Kind: ScalarKind.Text })
                throw Refuse(key.Place, "merge keys are not supported. Write the values out.");
            var value = ReadNode(depth + 1);
            if (seen.TryAdd(scalar.Text, key.Place))
                entries.Add(new(scalar.Text, key.Place, value));
            else
                _errors.Add(
                    key.Place,
                    $"duplicate key {SourceNode.Quote(scalar.Text)}, first in line {seen[scalar.Text].Line}"
                );
        }
        return new SourceMapping(place, entries);
    }

    private void RefuseDecoration(NodeEvent node, Place place)
    {
        if (!node.Anchor.IsEmpty)
            throw Refuse(place, $"anchors are not supported: `&{node.Anchor.Value}`");
        // "!" alone is what the parser gives to quoted scalars in some positions.
        if (!node.Tag.IsEmpty)
            throw Refuse(place, $"tags are not supported: {SourceNode.Quote(node.Tag.ToString())}");
    }

    private Place? TabIn(int line)
    {
        var text = line <= _lines.Length ? _lines[line - 1] : "";
        var indentation = text.Length - text.TrimStart(' ', '\t').Length;
        return text.IndexOf('\t', 0, indentation) is >= 0 and var tab ? new(line, tab + 1) : null;
    }

    private Refused Refuse(Place place, string message)
    {
        _errors.Add(place, message);
        return new Refused();
    }

    private static Place PlaceOf(Mark mark) => new(Math.Max(1, (int)mark.Line), Math.Max(1, (int)mark.Column));

    private static string Sentence(string message) => message.TrimEnd('.').ReplaceLineEndings(" ");

    /// <summary>Reading stops here; the reason is among the errors.</summary>
    private sealed class Refused : Exception;
}
