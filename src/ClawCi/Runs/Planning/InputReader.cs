using System.Text.Json;
using ClawCi.Configuration;
using ClawCi.Runs.Planning.TaskFiles;

namespace ClawCi.Runs.Planning;

/// <summary>
/// Reads the <c>inputs</c> from the tree of their file, since a default keeps its spelling. What a record can say of their shape
/// has been checked already.
/// </summary>
internal sealed class InputReader(SourceErrors errors)
{
    public IReadOnlyList<TaskInput> Read(SourceNode? node)
    {
        if (node is not SourceMapping mapping)
            return [];
        List<TaskInput> inputs = [];
        foreach (var entry in mapping.Entries)
        {
            if (entry.Value is SourceMapping section && Read(entry.Key, section) is { } input)
                inputs.Add(input);
        }
        foreach (var same in inputs.GroupBy(input => input.Variable).Where(group => group.Count() > 1))
            errors.Add(
                mapping.Place,
                $"the inputs {string.Join(" and ", same.Select(input => SourceNode.Quote(input.Name)))} would both be the variable {same.Key}"
            );
        return inputs;
    }

    /// <returns>Null when it has no type, which is said elsewhere.</returns>
    private TaskInput? Read(string name, SourceMapping section)
    {
        if (TypeOf(section["type"]?.Value) is not { } type)
            return null;
        var options = Options(name, type, section);
        if (type == InputType.Choice && options.Count == 0)
            return null;
        var isRequired = section["required"]?.Value is SourceScalar { Text: "true" };
        var input = new TaskInput(name, type, isRequired, options, null);
        return section["default"]?.Value is { } given ? input with { Default = Default(input, given) } : input;
    }

    private static InputType? TypeOf(SourceNode? node) =>
        node is null
            ? InputType.String
            : Enum.GetValues<InputType>()
                .Cast<InputType?>()
                .FirstOrDefault(type =>
                    JsonNamingPolicy.KebabCaseLower.ConvertName($"{type}") == (node as SourceScalar)?.Text
                );

    private IReadOnlyList<string> Options(string name, InputType type, SourceMapping section)
    {
        if (section["options"] is not { } options)
        {
            if (type == InputType.Choice)
                errors.Add(section.Place, $"{SourceNode.Quote(name)} is a choice and needs `options`");
            return [];
        }
        if (type != InputType.Choice)
            errors.Add(options.Place, $"`options` are of a `choice`, and {SourceNode.Quote(name)} is none");
        if (options.Value is SourceSequence { Items.Count: 0 })
            errors.Add(options.Value.Place, "`options` is empty");
        return [.. ((options.Value as SourceSequence)?.Items ?? []).OfType<SourceScalar>().Select(item => item.Text)];
    }

    private string? Default(TaskInput input, SourceNode node)
    {
        if (input.Type == InputType.File)
        {
            errors.Add(node.Place, "a `file` has no `default`: which file it is, only the caller says");
            return null;
        }
        ScalarKind[] kinds = input.Type switch
        {
            InputType.Number => [ScalarKind.Integer, ScalarKind.Number],
            InputType.Boolean => [ScalarKind.Boolean],
            _ => [ScalarKind.Text],
        };
        if (node is not SourceScalar scalar || !kinds.Contains(scalar.Kind))
        {
            errors.Add(
                node.Place,
                $"the `default` of {SourceNode.Quote(input.Name)} must be {Expected(input.Type)}, not {node.Describe()}"
            );
            return null;
        }
        if (input.Problem(scalar.Text) is { } problem)
            errors.Add(node.Place, $"the `default` of {SourceNode.Quote(input.Name)}: {problem}");
        return scalar.Text;
    }

    private static string Expected(InputType type) =>
        type switch
        {
            InputType.Number => "a number",
            InputType.Boolean => "`true` or `false`",
            _ => "text",
        };
}
