using System.Text.Json;
using System.Text.Json.Nodes;
using ClawCi.Messages;
using ClawCi.Permissions;
using ClawCi.Tools;

namespace ClawCi.Runs.Subagents;

/// <summary>The tool <c>agent</c>: how a part of the work is asked for, and what comes back.</summary>
internal static class SubagentTool
{
    private const int LongestDescription = 100;

    /// <param name="run">Has the part done.</param>
    public static Tool Of(SubagentsPlan plan, Func<SubagentPart, CancellationToken, Task<ToolOutput>> run) =>
        new(
            Definition(plan),
            (call, ct) =>
                Read(call, plan, out var problem) is { } part
                    ? run(part, ct)
                    : Task.FromResult(new ToolOutput(problem, IsError: true))
        )
        {
            RunsBeside = true,
        };

    public static ToolDefinition Definition(SubagentsPlan plan)
    {
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["description"] = new JsonObject
                {
                    ["type"] = "string",
                    ["description"] = "The part in three to six words",
                },
                ["prompt"] = new JsonObject { ["type"] = "string" },
                ["subagent_type"] = new JsonObject
                {
                    ["type"] = "string",
                    ["enum"] = new JsonArray([.. plan.Types.Select(type => (JsonNode)type.Name)]),
                },
            },
            ["required"] = new JsonArray("description", "prompt"),
            ["additionalProperties"] = false,
        };
        var types = plan.Types.Select(type => $"\n- {type.Name}: {type.Description}");
        return new(
            ToolNames.Agent,
            "Have a part of the work done by another agent, in a conversation of its own and in the same workspace. It sees nothing of "
                + "yours: its prompt must say all it needs. Its last message is the result. Of use for a search through much, or for "
                + $"parts that do not touch each other: calls in one reply run at the same time, {plan.Max} at most. Types:{string.Concat(types)}",
            JsonElement.Parse(schema.ToJsonString())
        );
    }

    private static SubagentPart? Read(ToolCall call, SubagentsPlan plan, out string problem)
    {
        var (prompt, name) = (Text(call.Input, "prompt"), Text(call.Input, "subagent_type"));
        var description = VisibleText.Line(Text(call.Input, "description").Trim());
        var type = plan.Types.FirstOrDefault(type =>
            type.Name == (name.Length == 0 ? SubagentType.General.Name : name)
        );
        problem =
            string.IsNullOrWhiteSpace(prompt) ? "prompt must be a text that says what is to be done."
            : type is null
                ? $"There is no type {name}. There are: {string.Join(", ", plan.Types.Select(known => known.Name))}."
            : "";
        if (problem.Length > 0)
            return null;
        if (description.Length > LongestDescription)
            description = description[..LongestDescription] + "…";
        return new(call.Id, type!, description, prompt);
    }

    private static string Text(JsonElement input, string name) =>
        input.ValueKind == JsonValueKind.Object
        && input.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";
}
