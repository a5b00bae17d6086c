using System.Text.RegularExpressions;
using ClawCi.Configuration;

namespace ClawCi.Runs.Planning.TaskFiles;

/// <summary>Reads a <c>strategy.matrix</c> from the tree of its file, every mistake with its place.</summary>
internal sealed partial class MatrixReader(SourceErrors errors)
{
    /// <summary>A matrix that grows beyond this is a mistake more often than a wish; several files may have more together.</summary>
    public const int MostTasks = 1000;

    private const int LongestValue = 1000;

    /// <summary>Null where the shape is wrong, which is said elsewhere.</summary>
    public Matrix? Read(SourceNode? node)
    {
        if (node is not SourceMapping mapping)
            return node is null ? Matrix.None : null;
        if (mapping.Entries.Count == 0)
            errors.Add(mapping.Place, "`matrix` is empty");
        List<KeyValuePair<string, IReadOnlyList<string>>> axes = [];
        foreach (var entry in mapping.Entries.Where(entry => !IsSpecial(entry.Key)))
        {
            CheckName(entry);
            axes.Add(new(entry.Key, Values(entry)));
        }
        var include = Combinations(mapping[MatrixSetting.Include]);
        var exclude = Combinations(mapping[MatrixSetting.Exclude]);
        CheckExclude(mapping[MatrixSetting.Exclude], [.. axes.Select(axis => axis.Key)]);
        var matrix = new Matrix(axes, include, exclude);
        CheckVariables(matrix, mapping.Place);
        if (matrix.Size + include.Count > MostTasks)
            errors.Add(mapping.Place, $"`matrix` makes more than {MostTasks} tasks");
        else if (mapping.Entries.Count > 0 && !errors.Any && matrix.Combinations().Count == 0)
            errors.Add(mapping.Place, "`exclude` leaves nothing of the matrix");
        return matrix;
    }

    private static bool IsSpecial(string key) => key is MatrixSetting.Include or MatrixSetting.Exclude;

    private void CheckName(SourceEntry entry)
    {
        if (!Name().IsMatch(entry.Key))
            errors.Add(
                entry.Place,
                $"a name in `matrix` is letters, digits, `_` and `-`, first no digit, not {SourceNode.Quote(entry.Key)}"
            );
    }

    private List<string> Values(SourceEntry entry)
    {
        List<string> values = [];
        if (entry.Value is not SourceSequence { Items.Count: > 0 } list)
        {
            errors.Add(
                entry.Value.Place,
                $"{SourceNode.Quote(entry.Key)} must be a list of values, not {entry.Value.Describe()}"
            );
            return values;
        }
        foreach (var item in list.Items)
        {
            if (Value(item, entry.Key) is not { } value)
                continue;
            if (values.Contains(value))
                errors.Add(item.Place, $"{SourceNode.Quote(value)} is in {SourceNode.Quote(entry.Key)} twice");
            values.Add(value);
        }
        return values;
    }

    /// <summary>Of <c>include</c> and <c>exclude</c>.</summary>
    private List<IReadOnlyDictionary<string, string>> Combinations(SourceEntry? entry)
    {
        List<IReadOnlyDictionary<string, string>> all = [];
        if (entry is null)
            return all;
        if (entry.Value is not SourceSequence { Items.Count: > 0 } list)
        {
            errors.Add(
                entry.Value.Place,
                $"{SourceNode.Quote(entry.Key)} must be a list of mappings, not {entry.Value.Describe()}"
            );
            return all;
        }
        foreach (var item in list.Items)
        {
            if (item is not SourceMapping { Entries.Count: > 0 } mapping)
            {
                errors.Add(
                    item.Place,
                    $"an item of {SourceNode.Quote(entry.Key)} must be a mapping of names to values, not {item.Describe()}"
                );
                continue;
            }
            var values = new OrderedDictionary<string, string>();
            foreach (var pair in mapping.Entries)
            {
                CheckName(pair);
                if (Value(pair.Value, pair.Key) is { } value)
                    values[pair.Key] = value;
            }
            all.Add(values);
        }
        return all;
    }

    private void CheckExclude(SourceEntry? exclude, IReadOnlyList<string> names)
    {
        foreach (var rule in (exclude?.Value as SourceSequence)?.Items.OfType<SourceMapping>() ?? [])
        foreach (var pair in rule.Entries.Where(pair => !names.Contains(pair.Key)))
            errors.Add(
                pair.Place,
                $"`exclude` names {SourceNode.Quote(pair.Key)}, which the matrix has no list of{DidYouMean.Suffix(pair.Key, names)}"
            );
    }

    /// <summary>Two names that differ in letters' case or in <c>-</c> and <c>_</c> would be one environment variable.</summary>
    private void CheckVariables(Matrix matrix, Place place)
    {
        foreach (var same in matrix.Names.GroupBy(TaskVariant.Variable).Where(group => group.Count() > 1))
            errors.Add(
                place,
                $"the names {string.Join(" and ", same.Select(SourceNode.Quote))} would both be the variable {same.Key}"
            );
    }

    private string? Value(SourceNode node, string name)
    {
        if (node is not SourceScalar { Kind: not ScalarKind.Null, Text: { Length: > 0 } text })
        {
            errors.Add(
                node.Place,
                $"a value of {SourceNode.Quote(name)} must be text, a number, `true` or `false`, not {node.Describe()}"
            );
            return null;
        }
        if (text.Length <= LongestValue && !text.Any(char.IsControl))
            return text;
        errors.Add(
            node.Place,
            $"a value of {SourceNode.Quote(name)} must be one line of at most {LongestValue} characters"
        );
        return null;
    }

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_-]{0,63}\z")]
    private static partial Regex Name();
}
