using ClawCi.Permissions;
using ClawCi.Runs.Subagents;
using ClawCi.Tests.Permissions;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Runs;

/// <summary>Types of subagents that a workspace describes: data, which can take away and not give.</summary>
public sealed class SubagentFilesTests : IDisposable
{
    private readonly TempDirectory _workspace = new();
    private readonly List<string> _notes = [];

    [Fact]
    public void A_file_describes_a_type_and_narrows_it()
    {
        Write(
            ".claw/agents/reviewer.md",
            """
            ---
            description: reads a change
            tools: [Read, "Bash(git diff:*)", mcp__tracker__get]
            color: blue
            ---

            Name file and line.
            """
        );

        var type = Find()[1];

        Assert.Equal(("reviewer", "reads a change", "Name file and line."), (type.Name, type.Description, type.Prompt));
        Assert.Equal(
            (true, true, true, false),
            (type.Has("read_file"), type.Has("bash"), type.Has("mcp"), type.Has("edit_file"))
        );
        var policy = PolicyText.Policy("- { deny: bash, command: [git, diff, --cached] }").Narrowed(type.Only!);
        Assert.True(policy.Bash("git diff").Allowed);
        Assert.False(policy.Bash("git push").Allowed);
        Assert.False(policy.Bash("git diff --cached").Allowed);
        Assert.True(policy.Hides(new McpName("tracker", "get")));
    }

    [Fact]
    public void General_is_there_without_any_file_and_has_everything()
    {
        var type = Assert.Single(Find());

        Assert.Equal("general", type.Name);
        Assert.True(type.Has("bash"));
        Assert.Empty(_notes);
    }

    [Fact]
    public void Only_a_model_of_the_tasks_is_taken()
    {
        foreach (var (name, model) in new[] { ("a", "anthropic/large"), ("b", "openai/other"), ("c", "sonnet") })
            Write($".claude/agents/{name}.md", $"---\ndescription: x\nmodel: {model}\n---\n");

        Assert.Equal(
            [null, "anthropic/large", null, null],
            Find("openai/mini", "anthropic/large").Select(type => type.Model)
        );
    }

    [Theory]
    [InlineData("no keys at all", "it has no `description`")]
    [InlineData("---\ndescription: x\n", "is not closed")]
    [InlineData("---\nname: a\n---\n", "it has no `description`")]
    [InlineData("---\nname: ../a\ndescription: x\n---\n", "is not made of lower-case letters")]
    [InlineData("---\nname: general\ndescription: x\n---\n", "there is a type `general` already")]
    [InlineData("---\ndescription: x\ntools: Fly, Swim\n---\n", "name no tool that there is")]
    [InlineData("---\ndescription: x\ntools: []\n---\n", "name no tool that there is")]
    [InlineData("---\n- a\n---\n", "must be keys and values")]
    [InlineData("---\na: *b\n---\n", "not used")]
    public void A_file_that_is_none_is_passed_over_and_said(string text, string why)
    {
        Write(".claude/agents/broken.md", text);

        Assert.Single(Find());
        Assert.Contains(why, Assert.Single(_notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_outside_of_the_workspace_is_read()
    {
        var secret = _workspace.Write("outside/secret.md", "---\ndescription: secret\n---\n");
        Directory.CreateDirectory(_workspace["checkout/.claude/agents"]);
        File.CreateSymbolicLink(_workspace["checkout/.claude/agents/linked.md"], secret);
        Directory.CreateDirectory(_workspace["checkout/.claw"]);
        File.CreateSymbolicLink(_workspace["checkout/.claw/agents"], _workspace["outside"]);

        Assert.Single(Find());
        Assert.Contains("no plain file", Assert.Single(_notes), StringComparison.Ordinal);
    }

    [Fact]
    public void What_files_say_has_a_bound()
    {
        Write(".claude/agents/long.md", $"---\ndescription: {new string('a', 1_000)}\n---\n");
        Write(".claude/agents/huge.md", $"---\ndescription: x\n---\n{new string('a', 20_000)}");
        for (var i = 0; i < 30; i++)
            Write($".claude/agents/z{i}.md", "---\ndescription: x\n---\n");

        var types = Find();

        Assert.Equal(201, types.Single(type => type.Name == "long").Description.Length);
        Assert.Contains(_notes, note => note.Contains("longer than 16000 characters", StringComparison.Ordinal));
        Assert.Equal(16, types.Count);
    }

    public void Dispose() => _workspace.Dispose();

    private void Write(string path, string text) => _workspace.Write($"checkout/{path}", text);

    private IReadOnlyList<SubagentType> Find(params string[] models)
    {
        Directory.CreateDirectory(_workspace["checkout"]);
        return SubagentFiles.Find(_workspace["checkout"], models, (_, what) => _notes.Add(what));
    }
}
