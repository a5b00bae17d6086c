using System.Text.Json;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Permissions;

namespace ClawCi.Tools;

/// <summary>
/// What the model hands in beside its changes: how it thinks that the task ended, and the structured answer that the task
/// asks for. Both are tools of the runner's, so that every provider's model can use them; the last call of each counts.
/// </summary>
/// <param name="schema">What the structured answer must fit; null when none is asked for.</param>
internal sealed class Answers(ResponseSchema? schema)
{
    /// <summary>How often an answer that does not fit, or is not there, is asked for again.</summary>
    public const int MostRepairs = 3;

    private const int LongestReason = 2_000;
    private static readonly string[] Outcomes =
    [
        ReportedOutcome.Done,
        ReportedOutcome.NothingToDo,
        ReportedOutcome.Cannot,
    ];

    private int _failures;
    private string _problem = "";

    /// <summary>What the model reported; null when it did not.</summary>
    public ReportedOutcome? Reported { get; private set; }

    /// <summary>The structured answer; null until there is one that fits.</summary>
    public JsonElement? Response { get; private set; }

    /// <summary>Why there is no answer and will be none; null as long as there may be one.</summary>
    public string? GivenUp =>
        schema is not null && Response is null && _failures > MostRepairs
            ? $"After {_failures} attempts there is no answer that fits the schema. {_problem}"
            : null;

    public IReadOnlyList<Tool> Tools =>
        schema is null
            ? [new Tool(Definitions.ReportOutcome, (call, _) => Task.FromResult(Report(call.Input)))]
            :
            [
                new Tool(Definitions.ReportOutcome, (call, _) => Task.FromResult(Report(call.Input))),
                new Tool(Definitions.StructuredOutput(schema), (call, ct) => AnswerAsync(call.Input, ct)),
            ];

    /// <summary>Takes over a call that was made, and answered, before the run was killed.</summary>
    public void TakeOver(ToolCalled call, bool isError)
    {
        if (Is(call, ToolNames.ReportOutcome))
            Report(call.Input);
        else if (Is(call, ToolNames.StructuredOutput))
            (Response, _failures) = isError ? (Response, _failures + 1) : (call.Input, _failures);
    }

    private static bool Is(ToolCalled call, string name) => call.Tool.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>What a model that is done without the answer is told; null when nothing is missing.</summary>
    public string? Missing()
    {
        if (schema is null || Response is not null)
            return null;
        _failures++;
        _problem = "The model handed in none.";
        return $"The answer is missing: call {ToolNames.StructuredOutput} with what the task asks for. Without it the job has failed.";
    }

    private async Task<ToolOutput> AnswerAsync(JsonElement input, CancellationToken cancellationToken)
    {
        var problems = await schema!.ProblemsAsync(input, cancellationToken);
        if (problems.Count == 0)
        {
            Response = input;
            return new("Accepted.", IsError: false);
        }
        _failures++;
        _problem = $"The last one: {string.Join("; ", problems)}";
        return new(
            $"Not accepted, it does not fit the schema:\n{string.Join('\n', problems)}\nMend these and hand it in again.",
            IsError: true
        );
    }

    private ToolOutput Report(JsonElement input)
    {
        var outcome = Text(input, "outcome");
        var reason = Text(input, "reason").Trim();
        if (!Outcomes.Contains(outcome) || reason.Length == 0)
            return new($"outcome must be one of {string.Join(", ", Outcomes)}, and reason some text.", IsError: true);
        // It becomes part of a message that is one line wherever it is shown.
        Reported = new(
            outcome,
            VisibleText.Line(reason.Length <= LongestReason ? reason : reason[..LongestReason] + "…")
        );
        return new("Noted.", IsError: false);
    }

    private static string Text(JsonElement input, string name) =>
        input.ValueKind == JsonValueKind.Object
        && input.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";

    private static class Definitions
    {
        public static ToolDefinition ReportOutcome { get; } =
            new(
                ToolNames.ReportOutcome,
                "Tell the job how the task ended when the changes do not say it by themselves: `nothing-to-do` when the "
                    + "workspace is already as the task wants it, `cannot` when the task cannot be done, with what "
                    + "stands in the way. `done` is assumed otherwise. A later call replaces an earlier one.",
                JsonElement.Parse(
                    """
                    {
                      "type": "object",
                      "properties": {
                        "outcome": { "type": "string", "enum": ["done", "nothing-to-do", "cannot"] },
                        "reason": { "type": "string", "description": "Why, in a sentence or two, for the people who read the report." }
                      },
                      "required": ["outcome", "reason"],
                      "additionalProperties": false
                    }
                    """
                )
            );

        public static ToolDefinition StructuredOutput(ResponseSchema schema) =>
            new(
                ToolNames.StructuredOutput,
                "Hand in the answer that the task asks for, as this tool's input. Call it once, when the work is done; a "
                    + "later call replaces an earlier one.",
                schema.Text
            );
    }
}
