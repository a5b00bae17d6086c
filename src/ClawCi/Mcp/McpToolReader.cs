using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ClawCi.Permissions;
using ClawCi.Tools;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Tool = ModelContextProtocol.Protocol.Tool;

namespace ClawCi.Mcp;

/// <summary>
/// Takes over a server's list of tools. Names, descriptions and schemas stand where the model believes what it reads, and
/// where a provider refuses a request for one odd key: what does not fit is left out.
/// </summary>
internal static partial class McpToolReader
{
    /// <summary>At the top of a schema no provider takes them all; the server checks its input itself.</summary>
    private static readonly string[] LeftOut =
    [
        "oneOf",
        "anyOf",
        "allOf",
        "not",
        "if",
        "then",
        "else",
        "$ref",
        "$schema",
        "$id",
    ];

    /// <param name="besides">What else the server can be asked for; one of its own tools takes the name before them.</param>
    /// <param name="offered">Tools that may be offered; null is all.</param>
    /// <param name="leftOut">Why some are not among them.</param>
    public static IReadOnlyList<McpTool> Read(
        string server,
        IReadOnlyList<Tool> listed,
        IReadOnlyList<McpTool> besides,
        IReadOnlyList<string>? offered,
        out IReadOnlyList<string> leftOut
    )
    {
        List<McpTool> tools = [];
        List<string> problems = [];
        var room = McpLimits.AllSchemas;
        bool IsWanted(string name) => offered?.Contains(name, StringComparer.OrdinalIgnoreCase) ?? true;
        // Whatever the protocol says, a server may leave a name out.
        var named = listed.Where(tool => !string.IsNullOrEmpty(tool?.Name)).DistinctBy(tool => tool.Name).ToList();
        foreach (var tool in named.Where(tool => IsWanted(tool.Name)))
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
                tools.Add(
                    new(
                        new McpName(server, tool.Name),
                        Plain(tool.Description ?? ""),
                        schema,
                        (client, call, ct) => CallAsync(client, tool.Name, call, ct)
                    )
                );
            else
                problems.Add($"{Plain(Start(tool.Name))}: {problem}");
        }
        tools.AddRange(besides.Where(tool => IsWanted(tool.Name.Tool) && named.All(own => own.Name != tool.Name.Tool)));
        var all = named.Select(tool => tool.Name).Concat(besides.Select(tool => tool.Name.Tool));
        foreach (var missing in (offered ?? []).Except(all, StringComparer.OrdinalIgnoreCase))
            problems.Add($"{missing}: it has no such tool");
        leftOut = problems;
        return tools;
    }

    private static async Task<ToolOutput> CallAsync(McpClient client, string tool, ToolCall call, CancellationToken ct)
    {
        var asked = new CallToolRequestParams
        {
            Name = tool,
            Arguments = call.Input.EnumerateObject().ToDictionary(member => member.Name, member => member.Value),
            // A server that says how far it is is not silent.
            Meta = new JsonObject { ["progressToken"] = call.Id },
        };
        return McpAnswer.Of(await client.CallToolAsync(asked, ct));
    }

    /// <summary>Nothing hidden in it, and not long.</summary>
    public static string Plain(string text)
    {
        if (text.Length > McpLimits.LongestDescription)
            text = text[..McpLimits.LongestDescription] + "…";
        return VisibleText.Of(text);
    }

    /// <summary>The same on one line.</summary>
    public static string Line(string text) => VisibleText.Line(Plain(text));

    private static string Start(string name) => name.Length <= 64 ? name : name[..64] + "…";

    /// <returns>Null, or what is wrong with it.</returns>
    private static string? Schema(JsonElement given, out JsonElement schema)
    {
        schema = default;
        if (given.ValueKind != JsonValueKind.Object)
            return "its schema is no object";
        if (given.GetRawText().Length > McpLimits.LongestSchema)
            return $"its schema is longer than {McpLimits.LongestSchema >> 10} KiB";
        if (Parse(given.GetRawText()) is not { } copy)
            return "its schema has a key twice";
        foreach (var key in LeftOut)
            copy.Remove(key);
        copy["type"] = "object";
        if (copy["properties"] is JsonObject properties && properties.Any(property => !Key().IsMatch(property.Key)))
            return "a property of its input has a name that no provider takes";
        if (!Clean(copy, 0))
            return "its schema is nested too deeply";
        schema = JsonElement.Parse(copy.ToJsonString());
        ResponseSchema.Parse(schema.GetRawText(), out var problem);
        return problem is null ? null : $"its schema {problem}";
    }

    private static JsonObject? Parse(string schema)
    {
        try
        {
            var options = new JsonDocumentOptions { AllowDuplicateProperties = false };
            return JsonNode.Parse(schema, documentOptions: options)?.AsObject();
        }
        catch (JsonException)
        {
            return null;
        }
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
