namespace ClawCi.Events;

/// <summary>The model wrote down what it is going to do: the whole list each time, in its order.</summary>
internal sealed record TodosWritten(IReadOnlyList<TodoItem> Todos) : RunEvent
{
    [System.Text.Json.Serialization.JsonIgnore]
    public int Done => Todos.Count(todo => todo.IsDone);
}

/// <param name="Content">One line.</param>
/// <param name="Status"><c>pending</c>, <c>in_progress</c> or <c>completed</c>.</param>
internal sealed record TodoItem(string Content, string Status)
{
    public const string Pending = "pending";
    public const string InProgress = "in_progress";
    public const string Completed = "completed";

    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsDone => Status == Completed;

    /// <summary>As people mark what is on a list.</summary>
    public override string ToString() =>
        Status switch
        {
            Completed => $"[x] {Content}",
            InProgress => $"[>] {Content}",
            _ => $"[ ] {Content}",
        };
}
