using ClawCi.Configuration;
using ClawCi.Runs.Extensions;
using ClawCi.Runs.Planning;
using Xunit;

namespace ClawCi.Tests.Runs;

public sealed class CommandTests : IDisposable
{
    private readonly PlannerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("all: $ARGUMENTS", "a 'b c'", "all: a 'b c'")]
    [InlineData("$1 then $2, no $3.", "one \"two three\"", "one then two three, no .")]
    [InlineData("costs $10", "x", "costs $10\n\nx")]
    [InlineData("plain", "", "plain")]
    [InlineData("plain", "more", "plain\n\nmore")]
    [InlineData("$1 $2", "$2 $ARGUMENTS", "$2 $ARGUMENTS")]
    public void Arguments_are_put_in_once(string body, string arguments, string expected) =>
        Assert.Equal(expected, new Command("x", body, "x.md").Expand(arguments));

    [Fact]
    public void A_prompt_that_begins_with_a_command_of_the_workspace_becomes_it()
    {
        _fixture.Files.Write("workspace/.claw/commands/fix.md", "---\ndescription: fixes\n---\nFix issue $1.\n");

        var task = Plan("/fix 12");

        Assert.Equal("Fix issue 12.", task.Prompt);
        Assert.Equal(
            (".claw/commands/fix.md", "/fix"),
            task.Origins.Where(origin => origin.Key == "prompt.command")
                .Select(origin => (origin.Source, origin.Value))
                .Single()
        );
        Assert.Contains(task.Parts, part => part is { Kind: "command", Name: "/fix", Refused: null });
    }

    [Fact]
    public void The_nearest_of_the_same_name_is_meant()
    {
        _fixture.Files.Write("workspace/.claude/commands/review.md", "Ours.");
        Assert.Equal("Ours.", Plan("/review").Prompt);

        _fixture.Files.Write("workspace/.claw/commands/review.md", "Nearer.");
        Assert.Equal("Nearer.", Plan("/review").Prompt);
    }

    [Fact]
    public void A_directory_of_commands_is_part_of_their_name()
    {
        _fixture.Files.Write("workspace/.claude/commands/web/fix.md", "Fix the web.");

        Assert.Equal("Fix the web.", Plan("/web:fix").Prompt);
    }

    [Theory]
    [InlineData("/etc/hosts is wrong")]
    [InlineData("/tmp is full")]
    [InlineData("/")]
    [InlineData("//")]
    [InlineData("fix /init")]
    [InlineData("/fix.")]
    public void What_is_no_command_is_a_prompt(string prompt) => Assert.Equal(prompt, Plan(prompt).Prompt);

    [Fact]
    public void An_unknown_command_is_a_mistake_that_names_the_nearest() =>
        Assert.Equal(
            "task.yaml:4:1: there is no command `/reveiw`. Did you mean `/review`? A prompt that is not to begin with a command needs another first word.",
            _fixture.Errors(Task("/reveiw this"))
        );

    [Fact]
    public void Allowed_tools_narrow_and_grant_nothing()
    {
        _fixture.Files.Write(
            "workspace/.claw/commands/look.md",
            "---\nallowed-tools: Read, Bash(git diff:*), mcp__tracker__get_issue\n---\nLook.\n"
        );

        var policy = Plan("/look").Policy;

        Assert.True(policy.Hides("edit_file"));
        Assert.True(policy.Hides("skill"));
        Assert.False(policy.Hides("read_file"));
        Assert.False(policy.Hides("bash_output"));
        Assert.True(policy.Decide("bash", Json("""{"command":"git diff HEAD"}""")).Allowed);
        Assert.False(policy.Decide("bash", Json("""{"command":"git push"}""")).Allowed);
        Assert.False(policy.MayGrant("tracker"));
    }

    [Fact]
    public void A_review_is_not_expected_to_change_anything()
    {
        Assert.False(Plan("/review").ExpectChanges);
        Assert.True(Plan("/init").ExpectChanges);
    }

    [Theory]
    [InlineData("Look:\n\n- !`git status`\n", "x.md:3:3: `!`git status`` would be run, which takes --trust-workspace")]
    [InlineData("---\ndescription: [a]\n---\nx", "x.md:2:1: `description` must be some text, not a list")]
    [InlineData("---\nallowed-tools: Bsah\n---\nx", "x.md:2:16: there is no tool `Bsah`. Did you mean `bash`?")]
    [InlineData("---\ndescription: x\n", "x.md:1:1: the front matter is not closed by a line of `---`")]
    [InlineData("---\na: b: c\n---\nx", "x.md:2:")]
    [InlineData("---\ndescription: x\n---\n", "x.md:4:1: the command says nothing")]
    [InlineData("Fix $[[ inputs.x ]]", "x.md:1:5: unknown name `inputs.x` in a template")]
    public void A_mistake_in_a_command_has_its_place(string text, string expected)
    {
        var error = Assert.Throws<UserErrorException>(() =>
            Command.Read("x", new SourceFile("x.md", text, ""), mayRun: false)
        );

        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_is_what_the_file_says_and_nothing_that_an_argument_says()
    {
        const string Text = "Status: !`git status`\n$ARGUMENTS";
        var command = Command.Read("x", new SourceFile("a/x.md", Text, ""), mayRun: true);

        Assert.Equal(new CommandScript("git status", "x.md:1"), Assert.Single(command.Scripts));
        Assert.Equal("Status: [output of: git status]\n!`rm -rf .`", command.Expand("!`rm -rf .`"));
        Assert.Throws<UserErrorException>(() =>
            Command.Read("x", new SourceFile("x.md", "!`ls $1`", ""), mayRun: true)
        );
    }

    [Fact]
    public void A_link_is_no_command()
    {
        var secret = _fixture.Files.Write("secret", "canary");
        Directory.CreateDirectory(_fixture.Files["workspace/.claw/commands"]);
        File.CreateSymbolicLink(_fixture.Files["workspace/.claw/commands/leak.md"], secret);

        Assert.StartsWith(
            "task.yaml:4:1: there is no command `/leak`",
            _fixture.Errors(Task("/leak")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Built_in_commands_are_whole() =>
        Assert.All(
            BuiltInCommands.All,
            command =>
            {
                Assert.NotNull(command.Description);
                Assert.Contains("$ARGUMENTS", command.Body, StringComparison.Ordinal);
            }
        );

    private PlannedTask Plan(string prompt) => Assert.Single(_fixture.Plan(Task(prompt)).Tasks);

    private static string Task(string prompt) =>
        PlannerFixture.Minimal.Replace("prompt: Do it.", $"prompt: \"{prompt}\"", StringComparison.Ordinal);

    private static System.Text.Json.JsonElement Json(string text) => System.Text.Json.JsonElement.Parse(text);
}
