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
