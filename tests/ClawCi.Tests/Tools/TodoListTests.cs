using System.Text.Json;
using ClawCi.Events;
using ClawCi.Sessions;
using ClawCi.Tools;
using Xunit;

namespace ClawCi.Tests.Tools;

public sealed class TodoListTests
{
    private readonly RecordingObserver _events = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_call_writes_the_whole_list_anew()
    {
        await WriteAsync("""{ "todos": [{ "content": "look", "status": "in_progress" }] }""");
        var output = await WriteAsync(
            """
            { "todos": [
              { "content": " look ", "status": "completed", "activeForm": "Looking" },
              { "content": "mend\n::error::it", "status": "pending" }
            ] }
            """
        );

        Assert.Equal(new ToolOutput("Written: 1 of 2 completed.", IsError: false), output with { Media = [] });
        Assert.Equal(
            ["[x] look", "[ ] mend ↵ ::error::it"],
            Assert.IsType<TodosWritten>(_events.Events[^1]).Todos.Select(todo => $"{todo}")
        );
    }

    [Theory]
    [InlineData("[]", "must be a list of objects")]
    [InlineData("""{ "todos": "look" }""", "must be a list of objects")]
    [InlineData("""{ "todos": ["look"] }""", "must be a list of objects")]
    [InlineData("""{ "todos": [{ "content": 1, "status": "pending" }] }""", "must be a list of objects")]
    [InlineData(
        """{ "todos": [{ "content": "a", "status": "done" }] }""",
        "the status of item 1 must be one of pending"
    )]
    [InlineData("""{ "todos": [{ "content": " ", "status": "pending" }] }""", "1 to 300 are possible")]
    public async Task A_list_that_is_none_leaves_the_one_before(string input, string problem)
    {
        var output = await WriteAsync(input);

        Assert.True(output.IsError);
        Assert.Contains(problem, output.Text, StringComparison.Ordinal);
        Assert.Empty(_events.Events);
    }

    [Fact]
    public async Task A_list_has_a_bound_in_every_direction()
    {
        var long41 = string.Join(',', Enumerable.Repeat("""{ "content": "a", "status": "pending" }""", 41));
        Assert.Contains(
            "at most 40",
            (await WriteAsync($$"""{ "todos": [{{long41}}] }""")).Text,
            StringComparison.Ordinal
        );
        var wide = $$"""{ "todos": [{ "content": "{{new string('a', 301)}}", "status": "pending" }] }""";
        Assert.True((await WriteAsync(wide)).IsError);
    }

    [Fact]
    public async Task A_compaction_carries_the_list_over_word_for_word()
    {
        var notes = new SessionNotes();
        var content = string.Concat(Enumerable.Repeat("é", 300));
        await new TodoList(notes).Tool.RunAsync(
            Call($$"""{ "todos": [{ "content": "{{content}}", "status": "in_progress" }] }"""),
            Ct
        );

        Assert.Contains(
            $"# Your plan, as you wrote it last\n\n[>] {content}",
            CarriedText.Notes(notes, 10_000),
            StringComparison.Ordinal
        );
    }

    private Task<ToolOutput> WriteAsync(string input) => new TodoList(_events).Tool.RunAsync(Call(input), Ct);

    private static ToolCall Call(string input) => new("t1", "todo_write", JsonElement.Parse(input));
}
