using System.Reflection;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace ClawCi.Configuration;

/// <summary>
/// Holds a tree against a record's <see cref="JsonTypeInfo"/> and reports every difference with its place, where
/// deserialisation would stop at the first and know only a path.
/// </summary>
internal sealed class StructureCheck(SourceErrors errors)
{
    /// <param name="name">What the node is called in messages: its key in back quotes, or <c>the file</c>.</param>
    public void Check(SourceNode node, JsonTypeInfo type, string name, ICustomAttributeProvider? property = null)
    {
        if (node is SourceScalar { Kind: ScalarKind.Null } && type.Type != typeof(System.Text.Json.JsonElement))
            errors.Add(node.Place, $"{name} has no value");
        else if (ValueType.Of(type.Type) is { } value)
            CheckValue(node, value, name, property);
        else if (Numbers.Of(type.Type, Attribute<BetweenAttribute>(property)) is { } numbers)
            CheckNumber(node, numbers, name);
        else if (type.Kind == JsonTypeInfoKind.Object)
            CheckMapping(node, type, name);
        else if (type.Kind == JsonTypeInfoKind.Enumerable)
            CheckList(node, type, name, property);
        else if (type.Kind == JsonTypeInfoKind.Dictionary)
            CheckDictionary(node, type, name, property);
        else
            CheckWord(node, type, name);
    }

    private void CheckValue(SourceNode node, ValueType type, string name, ICustomAttributeProvider? property)
    {
        if (
            !type.Accepts(node)
            && node is SourceSequence { Items.Count: > 0 } items
            && type.Accepts(OneText(node.Place))
        )
        {
            var odd = items.Items.First(item => !type.Accepts(new SourceSequence(item.Place, [item])));
            errors.Add(odd.Place, $"{name} must be {type.Expected}; this is {odd.Describe()}");
            return;
        }
        if (!type.Accepts(node))
        {
            errors.Add(node.Place, $"{name} must be {type.Expected}, not {node.Describe()}{QuoteHint(node, type)}");
            return;
        }
        if (Attribute<TextAttribute>(property) is not { Format: var format })
            return;
        foreach (var scalar in node is SourceSequence list ? list.Items.OfType<SourceScalar>() : [(SourceScalar)node])
            CheckText(scalar.Place, scalar.Text, format, name);
    }

    private static SourceSequence OneText(Place place) =>
        new(place, [new SourceScalar(place, "text", ScalarKind.Text)]);

    private void CheckText(Place place, string text, TextFormat format, string name)
    {
        if (text.Trim().Length == 0)
            errors.Add(place, $"{name} is empty");
        else if (!TextFormats.Accepts(format, text))
            errors.Add(place, $"{name} must be {TextFormats.Expected(format)}, not {SourceNode.Quote(text)}");
        else if (TextFormats.Problem(format, text) is { } problem)
            errors.Add(place, $"{name}: {problem}");
    }

    private void CheckNumber(SourceNode node, Numbers numbers, string name)
    {
        if (!numbers.Accepts(node))
            errors.Add(node.Place, $"{name} must be {numbers.Expected}, not {node.Describe()}");
        else if (numbers.RangeError(((SourceScalar)node).Text) is { } range)
            errors.Add(node.Place, $"{name} must be {range}, not {SourceNode.Shorten(((SourceScalar)node).Text)}");
    }

    private void CheckMapping(SourceNode node, JsonTypeInfo type, string name)
    {
        if (node is not SourceMapping mapping)
        {
            errors.Add(node.Place, $"{name} must be a mapping, not {node.Describe()}");
            return;
        }
        var refused = type.Type.GetCustomAttributes<RefusedAttribute>().ToList();
        foreach (var entry in mapping.Entries)
        {
            var key = SourceNode.Quote(entry.Key);
            if (type.Properties.FirstOrDefault(property => property.Name == entry.Key) is { } property)
                Check(entry.Value, type.Options.GetTypeInfo(property.PropertyType), key, property.AttributeProvider);
            else if (refused.FirstOrDefault(known => known.Key == entry.Key) is { Why: var why })
                errors.Add(entry.Place, $"{key} {why}");
            else
                errors.Add(
                    entry.Place,
                    $"unknown key {key}{DidYouMean.Suffix(entry.Key, type.Properties.Select(known => known.Name))}"
                );
        }
        if (
            type.Type.GetCustomAttribute<ExactlyOneAttribute>() is { Keys: var choices }
            && !refused.Exists(known => mapping[known.Key] is not null)
        )
            CheckChoice(mapping, choices, name);
        foreach (
            var property in type.Properties.Where(property => property.IsRequired && mapping[property.Name] is null)
        )
            errors.Add(mapping.Place, $"{name} needs the key `{property.Name}`");
    }

    private void CheckChoice(SourceMapping mapping, IReadOnlyList<string> keys, string name)
    {
        SourceEntry[] given = [.. mapping.Entries.Where(entry => keys.Contains(entry.Key))];
        if (given.Length == 0)
            errors.Add(mapping.Place, $"{name} needs the key {string.Join(" or ", keys.Select(SourceNode.Quote))}");
        foreach (var further in given.Skip(1))
            errors.Add(further.Place, $"`{given[0].Key}` and `{further.Key}` exclude each other");
    }

    private void CheckList(SourceNode node, JsonTypeInfo type, string name, ICustomAttributeProvider? property)
    {
        if (node is not SourceSequence list)
        {
            errors.Add(node.Place, $"{name} must be a list, not {node.Describe()}");
            return;
        }
        var element = type.Options.GetTypeInfo(type.ElementType!);
        foreach (var item in list.Items)
            Check(item, element, $"an item of {name}", property);
    }

    private void CheckDictionary(SourceNode node, JsonTypeInfo type, string name, ICustomAttributeProvider? property)
    {
        if (node is not SourceMapping mapping)
        {
            errors.Add(node.Place, $"{name} must be a mapping, not {node.Describe()}");
            return;
        }
        var element = type.Options.GetTypeInfo(type.ElementType!);
        foreach (var entry in mapping.Entries)
        {
            if (Attribute<KeysAttribute>(property) is { Format: var format })
                CheckText(entry.Place, entry.Key, format, $"a key of {name}");
            Check(entry.Value, element, SourceNode.Quote(entry.Key));
        }
    }

    private void CheckWord(SourceNode node, JsonTypeInfo type, string name)
    {
        var core = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        var words = Words(type.Options.GetTypeInfo(core));
        var word = (node as SourceScalar)?.Text ?? "";
        if (node is SourceScalar { Kind: ScalarKind.Text } && words.Contains(word))
            return;
        var which = string.Join(" or ", words.Select(SourceNode.Quote));
        errors.Add(node.Place, $"{name} must be {which}, not {node.Describe()}{DidYouMean.Suffix(word, words)}");
    }

    /// <summary>The words of an enum, as its converter writes them.</summary>
    private static IReadOnlyList<string> Words(JsonTypeInfo type) =>
        type.GetJsonSchemaAsNode()["enum"] is System.Text.Json.Nodes.JsonArray words
            ? [.. words.Select(word => word!.GetValue<string>())]
            : throw new InvalidOperationException(
                $"{type.Type} cannot be read from a file: neither record, list nor enum."
            );

    private static string QuoteHint(SourceNode node, ValueType type) =>
        type == ValueType.Of(typeof(string)) && node is SourceScalar { Text: var text } ? $". Write \"{text}\"." : "";

    private static T? Attribute<T>(ICustomAttributeProvider? property)
        where T : Attribute =>
        property?.GetCustomAttributes(typeof(T), inherit: false) is [T attribute, ..] ? attribute : null;
}
