using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace ClawCi.Tools;

/// <summary>The JSON Schema that a task's structured answer must fit. Draft 2020-12 unless it says otherwise; complete in itself.</summary>
internal sealed class ResponseSchema
{
    private const int MostProblems = 20;
    private const int LongestProblem = 500;

    /// <summary>A pattern that never comes to an end must not hold up the run.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly JsonSchema _schema;

    private ResponseSchema(JsonElement text, JsonSchema schema) => (Text, _schema) = (text, schema);

    /// <summary>As it was written.</summary>
    public JsonElement Text { get; }

    /// <param name="problem">Why it is none that can be used, for people; null when it is.</param>
    public static ResponseSchema? Parse(string text, out string? problem)
    {
        try
        {
            var root = JsonElement.Parse(text);
            problem =
                root.ValueKind != JsonValueKind.Object || !IsObject(root)
                    ? "must describe an object, so it needs `\"type\": \"object\"` at the top"
                    : References(root)
                        .Select(reference => Unknown(root, reference))
                        .FirstOrDefault(found => found is not null);
            if (problem is not null)
                return null;
            // A registry of its own: two tasks may use one $id for different things.
            return new ResponseSchema(root, JsonSchema.Build(root, new BuildOptions { SchemaRegistry = new() }));
        }
        catch (Exception e)
            when (e is JsonException or JsonSchemaException or InvalidOperationException or ArgumentException)
        {
            problem = $"is not a JSON Schema: {e.Message}";
            return null;
        }
    }

    /// <summary>What does not fit, each with the JSON pointer of where; empty when all does.</summary>
    public async Task<IReadOnlyList<string>> ProblemsAsync(JsonElement value, CancellationToken cancellationToken)
    {
        try
        {
            // On a thread of its own, since nothing else ends a pattern.
            return await Task.Run(() => Problems(value), cancellationToken).WaitAsync(Patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            return [$"it could not be held against the schema within {Patience.TotalSeconds:0} s"];
        }
    }

    private string[] Problems(JsonElement value)
    {
        try
        {
            var results = _schema.Evaluate(value, new EvaluationOptions { OutputFormat = OutputFormat.List });
            if (results.IsValid)
                return [];
            var problems =
                from part in (results.Details ?? []).Prepend(results)
                from error in part.Errors ?? new Dictionary<string, string>()
                select Shown(
                    $"{(part.InstanceLocation.ToString() is { Length: > 0 } place ? place : "/")}: {error.Value}"
                );
            string[] all = [.. problems.Distinct().Take(MostProblems)];
            return all.Length > 0 ? all : ["it does not fit the schema"];
        }
        catch (Exception e) when (e is JsonSchemaException or RefResolutionException or ArgumentException)
        {
            return [Shown($"the schema cannot be used: {e.Message}")];
        }
    }

    private static bool IsObject(JsonElement root) =>
        root.TryGetProperty("type", out var type)
        && type.ValueKind == JsonValueKind.String
        && type.ValueEquals("object");

    private static string Shown(string text) =>
        VisibleText.Line(text.Length <= LongestProblem ? text : text[..LongestProblem] + "…");

    private static IEnumerable<string> References(JsonElement node) =>
        node.ValueKind switch
        {
            JsonValueKind.Object => node.EnumerateObject()
                .SelectMany(property =>
                    property.Name is "$ref" or "$dynamicRef" && property.Value.ValueKind == JsonValueKind.String
                        ? [property.Value.GetString()!]
                        : References(property.Value)
                ),
            JsonValueKind.Array => node.EnumerateArray().SelectMany(References),
            _ => [],
        };

    /// <summary>Nothing is fetched, and what a reference leads to must be there before tokens are paid for.</summary>
    private static string? Unknown(JsonElement root, string reference) =>
        !reference.StartsWith('#')
            ? $"refers to {reference}; only references inside the file, such as `#/$defs/item`, are followed"
        : reference.StartsWith("#/", StringComparison.Ordinal)
        && At(JsonNode.Parse(root.GetRawText()), reference[2..]) is null
            ? $"refers to {reference}, which is not there"
        : null;

    private static JsonNode? At(JsonNode? node, string pointer)
    {
        foreach (var step in pointer.Split('/'))
        {
            var name = Uri.UnescapeDataString(step)
                .Replace("~1", "/", StringComparison.Ordinal)
                .Replace("~0", "~", StringComparison.Ordinal);
            node = node switch
            {
                JsonObject children => children[name],
                JsonArray items when int.TryParse(name, out var index) && index >= 0 && index < items.Count => items[
                    index
                ],
                _ => null,
            };
        }
        return node;
    }
}
