using System.Text.Json;

namespace ClawCi.Events;

/// <summary>What a tool call is about, in one string: the command, the path, the pattern.</summary>
internal static class ToolSubject
{
    /// <summary>In the order in which one says more than the next.</summary>
    private static readonly string[] Names =
    [
        "command",
        "pattern",
        "path",
        "file_path",
        "url",
        "query",
        "description",
        "name",
    ];

    /// <summary>Empty when the input has nothing of the kind.</summary>
    public static string Of(JsonElement input)
    {
        // What a model wrote instead of an object is recorded as a string.
        if (input.ValueKind != JsonValueKind.Object)
            return input.ValueKind == JsonValueKind.String ? input.GetString()! : "";
        foreach (var name in Names)
        {
            if (input.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
                return value.GetString()!;
        }
        return "";
    }
}
