using ClawCi.Events;

namespace ClawCi.Artifacts.HtmlReport;

/// <summary>What the model set itself to do, and how far it came by its own word.</summary>
internal static class TodoView
{
    public static Html Of(IReadOnlyList<TodoItem> todos) =>
        $"""
            <ul class="plain">{todos.Select(Item)}</ul>
            <p class="meta">This is the model's own list. The outcome does not depend on it.</p>

            """;

    private static Html Item(TodoItem todo)
    {
        var (sign, word) = todo.Status switch
        {
            TodoItem.Completed => ("✓", "completed"),
            TodoItem.InProgress => ("▸", "in progress"),
            _ => ("○", "pending"),
        };
        return $"""<li><span class="tag {(todo.IsDone ? "good" : "halt")}">{sign} {word}</span> {Shortened.Line(todo.Content, 300)}</li>""";
    }
}
