using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ClawCi.Permissions;
using ModelContextProtocol.Protocol;

namespace ClawCi.Mcp;

/// <summary>
/// Takes over a server's list of tools. Names, descriptions and schemas stand where the model believes what it reads, and
/// where a provider refuses a request for one odd key: what does not fit is left out.
/// </summary>
internal static partial class McpToolReader
{
    /// <summary>At the top of a schema no provider takes them all; the server checks its input itself.</summary>
    private static readonly string[] Choices = ["oneOf", "anyOf", "allOf", "not", "if", "then", "else", "$ref"];

    /// <param name="offered">Tools that may be offered; null is all.</param>
    /// <param name="leftOut">Why some are not among them.</param>
    public static IReadOnlyList<McpTool> Read(
        string server,
        IReadOnlyList<Tool> listed,
        IReadOnlyList<string>? offered,
        out IReadOnlyList<string> leftOut
    )
    {
        List<McpTool> tools = [];
        List<string> problems = [];
        var room = McpLimits.AllSchemas;
        var wanted = listed.Where(tool => offered?.Contains(tool.Name, StringComparer.OrdinalIgnoreCase) ?? true);
        foreach (var tool in wanted.DistinctBy(tool => tool.Name))
        {
            if (tools.Count == McpLimits.MostTools)
            {
                problems.Add($"it has more than {McpLimits.MostTools}");
                break;
            }
            var problem = Schema(tool.InputSchema, out var schema);
            if (problem is null && (room -= schema.GetRawText().Length) < 0)
                problem = "its tools' schemas are too long together";
            if (problem is null)
                tools.Add(new(new McpName(server, tool.Name), Plain(tool.Description ?? ""), schema));
            else
                problems.Add($"{Plain(Start(tool.Name))}: {problem}");
        }
        foreach (
            var missing in (offered ?? []).Except(listed.Select(tool => tool.Name), StringComparer.OrdinalIgnoreCase)
        )
            problems.Add($"{missing}: it has no such tool");
        leftOut = problems;
        return tools;
    }

    /// <summary>On one line and not long.</summary>
    public static string Plain(string text)
    {
        if (text.Length > McpLimits.LongestDescription)
            text = text[..McpLimits.LongestDescription] + "…";
        return VisibleText.Of(text);
    }

    private static string Start(string name) => name.Length <= 64 ? name : name[..64] + "…";

    /// <returns>Null, or what is wrong with it.</returns>
    private static string? Schema(JsonElement given, out JsonElement schema)
    {
        schema = default;
        if (given.ValueKind != JsonValueKind.Object)
            return "its schema is no object";
        if (given.GetRawText().Length > McpLimits.LongestSchema)
            return $"its schema is longer than {McpLimits.LongestSchema >> 10} KiB";
        var copy = JsonObject.Create(given.Clone())!;
        foreach (var key in Choices)
            copy.Remove(key);
        copy["type"] = "object";
        if (copy["properties"] is JsonObject properties && properties.Any(property => !Key().IsMatch(property.Key)))
            return "a property of its input has a name that no provider takes";
        if (!Clean(copy, 0))
            return "its schema is nested too deeply";
        schema = JsonElement.Parse(copy.ToJsonString());
        return null;
    }

    /// <returns>False when it goes too deep.</returns>
    private static bool Clean(JsonNode? node, int depth)
    {
        if (depth > McpLimits.DeepestSchema)
            return false;
        if (node is JsonArray list)
            return list.All(item => Clean(item, depth + 1));
        if (node is not JsonObject members)
            return true;
        foreach (var key in new[] { "description", "title" })
        {
            if (members[key] is JsonValue value && value.TryGetValue<string>(out var text))
                members[key] = Plain(text);
        }
        return members.All(member => Clean(member.Value, depth + 1));
    }

    [GeneratedRegex(@"^[a-zA-Z0-9_.-]{1,64}\z")]
    private static partial Regex Key();
}
