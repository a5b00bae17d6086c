using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using ClawCi.Messages;

namespace ClawCi.Events;

/// <summary>How the schema of what this program writes is made from its records.</summary>
internal static class WrittenSchema
{
    /// <summary>A null is left out, so no value is null and what could be is not required.</summary>
    public static JsonSchemaExporterOptions Options { get; } =
        new()
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (context, node) =>
            {
                if (node is not JsonObject schema)
                    return node;
                if (schema["type"] is JsonArray types)
                    schema["type"] = types.First(type => type!.GetValue<string>() != "null")!.DeepClone();
                if (schema["required"] is JsonArray required)
                {
                    var optional = context
                        .TypeInfo.Properties.Where(property => property.IsGetNullable)
                        .Select(property => property.Name);
                    schema["required"] = new JsonArray([
                        .. required
                            .Select(name => name!.GetValue<string>())
                            .Except(optional)
                            .Select(name => JsonValue.Create(name)),
                    ]);
                }
                // Blocks have a converter of their own, which says nothing of how they look.
                if (context.TypeInfo.ElementType == typeof(ContentBlock))
                    schema["items"] = Block();
                return schema;
            },
        };

    /// <summary>What stands twice in a schema comes as a reference to the first. This one has none, so that it can be a part of another.</summary>
    public static JsonObject Whole(JsonNode schema)
    {
        var root = schema.AsObject();
        Expand(root);
        return root;

        void Expand(JsonNode? node)
        {
            foreach (var item in node as JsonArray ?? [])
                Expand(item);
            if (node is not JsonObject part)
                return;
            if (part["$ref"]?.GetValue<string>() is { } reference)
            {
                part.Remove("$ref");
                foreach (var (name, value) in Target(reference))
                    part[name] ??= value?.DeepClone();
            }
            foreach (var (_, value) in part.ToList())
                Expand(value);
        }

        JsonObject Target(string reference)
        {
            JsonNode target = root;
            foreach (var name in reference.Split('/').Skip(1))
                target = target is JsonArray items ? items[int.Parse(name)]! : target[name]!;
            return target.AsObject();
        }
    }

    /// <summary>What kinds have in common: those that nobody knows are kept as they came.</summary>
    private static JsonNode Block() =>
        JsonNode.Parse(
            """
            {
              "type": "object",
              "properties": {
                "type": { "type": "string" },
                "text": { "type": "string" },
                "thinking": { "type": "string" },
                "signature": { "type": "string" },
                "id": { "type": "string" },
                "name": { "type": "string" },
                "tool_use_id": { "type": "string" },
                "is_error": { "type": "boolean" }
              },
              "required": ["type"]
            }
            """
        )!;
}
