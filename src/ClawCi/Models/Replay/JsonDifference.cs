using System.Text.Json;
using System.Text.Json.Nodes;

namespace ClawCi.Models.Replay;

/// <summary>The first place at which two JSON values differ, and what is there.</summary>
internal sealed record JsonDifference(string Where, string Expected, string Got)
{
    private const int Shown = 300;

    /// <summary>Null when they are equal.</summary>
    public static JsonDifference? Find(JsonNode? expected, JsonNode? got, string path = "")
    {
        if (JsonNode.DeepEquals(expected, got))
            return null;
        return (expected, got) switch
        {
            (JsonObject left, JsonObject right) => left.Select(property => property.Key)
                .Union(right.Select(property => property.Key))
                .Select(key => Find(left[key], right[key], path.Length == 0 ? key : $"{path}.{key}"))
                .First(difference => difference is not null),
            (JsonArray left, JsonArray right) => Enumerable
                .Range(0, Math.Max(left.Count, right.Count))
                .Select(i => Find(At(left, i), At(right, i), $"{path}[{i}]"))
                .First(difference => difference is not null),
            (JsonValue left, JsonValue right) when IsText(left) && IsText(right) => OfText(
                left.GetValue<string>(),
                right.GetValue<string>(),
                path
            ),
            _ => new JsonDifference(path, Show(expected), Show(got)),
        };
    }

    private static JsonDifference OfText(string expected, string got, string path)
    {
        var (left, right) = (expected.Split('\n'), got.Split('\n'));
        var line = 0;
        while (line < left.Length && line < right.Length && left[line] == right[line])
            line++;
        var where = left.Length > 1 || right.Length > 1 ? $"{path}, line {line + 1}" : path;
        return new JsonDifference(where, Line(left, line), Line(right, line));
    }

    private static string Line(string[] lines, int index) =>
        index < lines.Length ? Cut(lines[index]) : "(the text ends here)";

    private static JsonNode? At(JsonArray items, int index) => index < items.Count ? items[index] : null;

    private static bool IsText(JsonValue value) => value.GetValueKind() is JsonValueKind.String;

    private static string Show(JsonNode? node) =>
        node is null ? "(nothing)" : Cut(node.ToJsonString(RequestJson.OneLine));

    private static string Cut(string text) => text.Length <= Shown ? text : $"{text[..Shown]}…";
}
