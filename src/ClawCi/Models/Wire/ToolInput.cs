using System.Text;
using System.Text.Json;
using ClawCi.Messages;

namespace ClawCi.Models.Wire;

/// <summary>The input of a tool use, as the model streamed it.</summary>
internal static class ToolInput
{
    private static readonly JsonDocumentOptions Options = new()
    {
        AllowDuplicateProperties = false,
        MaxDepth = ToolUseBlock.MaxInputDepth,
    };

    public static JsonElement Empty { get; } = JsonElement.Parse("{}");

    /// <summary>The tool use with the input that the model wrote; none at all is an empty one.</summary>
    public static ToolUseBlock Use(string id, string name, string written) =>
        Parse(string.IsNullOrWhiteSpace(written) ? "{}" : written) is { } input
            ? new ToolUseBlock(id, name, input)
            : new ToolUseBlock(id, name, Empty, MalformedInput: written);

    /// <summary>
    /// A JSON object, not nested too deeply, all of whose strings are valid text and whose keys occur once; null when it is anything else.
    /// Two keys of one name would let the policy look at one and the tool use the other.
    /// </summary>
    public static JsonElement? Parse(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        try
        {
            using var document = JsonDocument.Parse(bytes, Options);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return null;
            var reader = new Utf8JsonReader(bytes);
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                    reader.GetString();
            }
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            // GetString's way of refusing half a surrogate pair.
            return null;
        }
    }
}
