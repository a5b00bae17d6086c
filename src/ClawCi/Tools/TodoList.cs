using System.Text.Json;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Permissions;

namespace ClawCi.Tools;

/// <summary>
/// The model's own list of what is to be done, a tool of the runner's: people see how far it is, and a compaction carries it over as
/// it stands.
/// </summary>
internal sealed class TodoList(IRunObserver events)
{
    private const int Most = 40;
    private const int LongestItem = 300;
    private static readonly string[] Statuses = [TodoItem.Pending, TodoItem.InProgress, TodoItem.Completed];

    public static ToolDefinition Definition { get; } =
        new(
            ToolNames.TodoWrite,
            "Keep a list of what is to be done in a task of several steps. Each call gives the whole list anew. Mark an item "
                + "in_progress when you begin it and completed as soon as it is.",
            JsonElement.Parse(
                """
                {
                  "type": "object",
                  "properties": {
                    "todos": {
                      "type": "array",
                      "maxItems": 40,
                      "items": {
                        "type": "object",
                        "properties": {
                          "content": { "type": "string", "maxLength": 300 },
                          "status": { "type": "string", "enum": ["pending", "in_progress", "completed"] }
                        },
                        "required": ["content", "status"]
                      }
                    }
                  },
                  "required": ["todos"]
                }
                """
            )
        );

    public Tool Tool => new(Definition, (call, _) => Task.FromResult(Write(call.Input)));

    private ToolOutput Write(JsonElement input)
    {
        if (Read(input, out var problem) is not { } todos)
            return new($"Not written: {problem}. The list is as it was.", IsError: true);
        var written = new TodosWritten(todos);
        events.On(written);
        return new($"Written: {written.Done} of {todos.Count} completed.", IsError: false);
    }

    private static List<TodoItem>? Read(JsonElement input, out string problem)
    {
        problem = "todos must be a list of objects with content and status";
        if (
            input.ValueKind != JsonValueKind.Object
            || !input.TryGetProperty("todos", out var list)
            || list.ValueKind != JsonValueKind.Array
        )
            return null;
        if (list.GetArrayLength() > Most)
        {
            problem = $"at most {Most} items are kept, and these are {list.GetArrayLength()}";
            return null;
        }
        List<TodoItem> todos = [];
        foreach (var item in list.EnumerateArray())
        {
            var (content, status) = (Text(item, "content"), Text(item, "status"));
            if (content is null || status is null)
                return null;
            content = VisibleText.Line(content.Trim());
            problem =
                content.Length is 0 or > LongestItem
                    ? $"the content of item {todos.Count + 1} has {content.Length} characters, where 1 to {LongestItem} are possible"
                : !Statuses.Contains(status)
                    ? $"the status of item {todos.Count + 1} must be one of {string.Join(", ", Statuses)}"
                : "";
            if (problem.Length > 0)
                return null;
            todos.Add(new(content, status));
        }
        return todos;
    }

    private static string? Text(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object
        && item.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
