using System.Text.Json;
using ClawCi.Events;
using ClawCi.Permissions;
using ClawCi.Tools;
using Xunit;

namespace ClawCi.Tests.Tools;

public sealed class AnswersTests
{
    private const string Schema = """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "required": ["severity", "files"],
          "properties": {
            "severity": { "enum": ["low", "high"] },
            "files": { "type": "array", "items": { "$ref": "#/$defs/file" } }
          },
          "additionalProperties": false,
          "$defs": { "file": { "type": "object", "required": ["line"], "properties": { "line": { "type": "integer", "minimum": 1 } } } }
        }
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_does_not_fit_is_said_with_pointers_and_what_fits_is_kept_as_it_came()
    {
        var answers = new Answers(ResponseSchema.Parse(Schema, out _));
        var bad = await AnswerAsync(answers, """{"severity":"medium","files":[{"line":2},{"line":0},"x"],"more":1}""");
        Assert.True(bad.IsError);
        foreach (var pointer in new[] { "/severity: ", "/files/1/line: ", "/files/2: ", "/more: " })
            Assert.Contains($"\n{pointer}", bad.Text, StringComparison.Ordinal);
        Assert.Null(answers.Response);

        var good = await AnswerAsync(
            answers,
            """{"severity":"low","files":[{"line":1,"big":12345678901234567890.10}]}"""
        );
        Assert.False(good.IsError, good.Text);
        await AnswerAsync(answers, """{"severity":"lower"}""");
        Assert.Equal(
            """{"severity":"low","files":[{"line":1,"big":12345678901234567890.10}]}""",
            answers.Response!.Value.GetRawText()
        );
        Assert.Null(answers.Missing());
    }

    [Fact]
    public async Task Attempts_and_reminders_together_are_bounded()
    {
        var answers = new Answers(ResponseSchema.Parse(Schema, out _));
        Assert.Contains("structured_output", answers.Missing(), StringComparison.Ordinal);
        await AnswerAsync(answers, "{}");
        await AnswerAsync(answers, "{}");
        Assert.Null(answers.GivenUp);
        await AnswerAsync(answers, """{"severity":"high"}""");
        Assert.Contains("After 4 attempts", answers.GivenUp, StringComparison.Ordinal);
        Assert.Contains("files", answers.GivenUp, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"outcome":"cannot","reason":" no network "}""", "cannot", "no network")]
    [InlineData("""{"outcome":"cannot","reason":"a\n::error::b"}""", "cannot", "a ↵ ::error::b")]
    [InlineData("""{"outcome":"nothing-to-do","reason":"is so already"}""", "nothing-to-do", "is so already")]
    [InlineData("""{"outcome":"success","reason":"x"}""", null, null)]
    [InlineData("""{"outcome":"done","reason":" "}""", null, null)]
    [InlineData("""{"outcome":["done"],"reason":1}""", null, null)]
    [InlineData("[]", null, null)]
    public async Task A_report_needs_a_known_word_and_a_reason(string input, string? outcome, string? reason)
    {
        var answers = new Answers(null);
        var output = await answers.Tools.Single().RunAsync(Call("report_outcome", input), Ct);
        Assert.Equal(outcome is null, output.IsError);
        Assert.Equal(outcome is null ? null : new ReportedOutcome(outcome, reason!), answers.Reported);
    }

    [Theory]
    [InlineData("[]", "must describe an object")]
    [InlineData("""{"type":"array"}""", "must describe an object")]
    [InlineData(
        """{"type":"object","properties":{"a":{"$ref":"https://example.com/a.json"}}}""",
        "refers to https://example.com/a.json"
    )]
    [InlineData(
        """{"type":"object","properties":{"a":{"$ref":"#/$defs/a"}},"$defs":{"b":{}}}""",
        "refers to #/$defs/a, which is not there"
    )]
    [InlineData("""{"type":"object","properties":{"a":{"type":"strong"}}}""", "is not a JSON Schema")]
    [InlineData("""{"type":"object","properties":{"a":{"minLength":"5"}}}""", "is not a JSON Schema")]
    [InlineData("""{"type":"object","properties":{"a":{"pattern":"("}}}""", "is not a JSON Schema")]
    [InlineData("""{"type":"object",""", "is not a JSON Schema")]
    public void A_schema_that_cannot_be_used_is_a_mistake_before_the_run(string schema, string problem)
    {
        Assert.Null(ResponseSchema.Parse(schema, out var found));
        Assert.Contains(problem, found, StringComparison.Ordinal);
    }

    [Fact]
    public void One_id_may_mean_two_things_in_two_tasks()
    {
        Assert.NotNull(ResponseSchema.Parse("""{"$id":"https://example.com/s","type":"object"}""", out _));
        Assert.NotNull(
            ResponseSchema.Parse("""{"$id":"https://example.com/s","type":"object","required":["a"]}""", out _)
        );
    }

    [Fact]
    public void No_rule_takes_an_answer_away()
    {
        var policy = new PermissionPolicy(PermissionMode.ReadOnly, "built-in", [], [], "/workspace");
        Assert.False(policy.Hides("report_outcome"));
        Assert.True(policy.Decide("structured_output", JsonElement.Parse("{}")).Allowed);
        Assert.Null(ToolNames.Resolve("structured_output"));
    }

    private static Task<ToolOutput> AnswerAsync(Answers answers, string input) =>
        answers
            .Tools.Single(tool => tool.Definition.Name == "structured_output")
            .RunAsync(Call("structured_output", input), Ct);

    private static ToolCall Call(string name, string input) => new("1", name, JsonElement.Parse(input));
}
