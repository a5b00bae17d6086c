using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ClawCi.TestSupport;

namespace ClawCi.Cli.Tests.Resuming;

/// <summary>
/// A model that remembers nothing: what it says next follows from the conversation alone, as a real one's. It takes the steps of
/// a plan, in replies of one to three tool uses. Of a step that it is told was interrupted, or not run for
/// that, it looks whether it happened, and takes it if not.
/// </summary>
internal sealed class StepModel : IAsyncDisposable
{
    /// <summary>Replies; where the plan says nothing the model says that it is done, which the checks may not think.</summary>
    private readonly IReadOnlyList<IReadOnlyList<Step>> _plan;
    private readonly ChaosServer _server;

    public StepModel(IReadOnlyList<IReadOnlyList<Step>> plan)
    {
        _plan = plan;
        _server = new ChaosServer((_, request) => ChaosAnswers.Stream(Reply(JsonNode.Parse(request.Body)!.AsObject())));
    }

    /// <param name="Again">The same, unless it happened already: a bash command. Null where the same call can be made again.</param>
    internal sealed record Step(string Tool, JsonObject Input, string? Again)
    {
        /// <summary>Leaves a line that shows how often it was run.</summary>
        public static Step Log(int number) =>
            Bash($"echo step-{number} >> log.txt", $"grep -qx step-{number} log.txt || echo step-{number} >> log.txt");

        public static Step Bash(string command, string again) =>
            new("bash", new JsonObject { ["command"] = command }, again);
    }

    public Uri Url => _server.Url;

    /// <summary>What it was asked so far, as it came.</summary>
    public IEnumerable<string> Requests => _server.Requests.Select(request => request.Body);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private string Reply(JsonObject request)
    {
        var messages = request["messages"]!.AsArray();
        var replies = messages.Where(message => (string?)message!["role"] == "assistant").ToList();
        var cut = Results(messages[^1]!)
            .Concat(messages.Count > 1 ? Results(messages[^2]!) : [])
            .Where(result =>
                Text(result).StartsWith("Interrupted", StringComparison.Ordinal)
                || Text(result).StartsWith("Not run", StringComparison.Ordinal)
            )
            .Select(result => (string)result["tool_use_id"]!)
            .ToList();
        if (cut.Count > 0)
            return Ask(
                cut.Select(id => (Id: "again-" + id, Step: StepOf(id)))
                    .Select(use => (use.Id, use.Step.Again is null ? use.Step.Tool : "bash", Look(use.Step)))
            );
        var taken = replies.Count(reply => !IsAgain(reply!));
        if (taken >= _plan.Count || _plan[taken].Count == 0)
            return ProviderEvents.Text("Done.");
        return Ask(_plan[taken].Select((step, i) => ($"step-{taken}-{i}", step.Tool, step.Input)));
    }

    private Step StepOf(string id)
    {
        var words = id.Split('-');
        return _plan[Number(words[^2])][Number(words[^1])];
    }

    private static JsonObject Look(Step step) => step.Again is { } again ? new() { ["command"] = again } : step.Input;

    private static bool IsAgain(JsonNode reply) =>
        Blocks(reply).Any(block => ((string?)block["id"])?.StartsWith("again-", StringComparison.Ordinal) == true);

    private static IEnumerable<JsonNode> Results(JsonNode message) =>
        Blocks(message).Where(block => (string?)block["type"] == "tool_result");

    private static IEnumerable<JsonNode> Blocks(JsonNode message) =>
        message["content"] is JsonArray blocks ? blocks.Select(block => block!) : [];

    private static string Text(JsonNode result) =>
        result["content"] is JsonArray parts ? (string?)parts[0]!["text"] ?? "" : (string?)result["content"] ?? "";

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string Ask(IEnumerable<(string Id, string Tool, JsonObject Input)> uses) =>
        ProviderEvents.Start()
        + string.Concat(
            uses.Select((use, i) => ProviderEvents.ToolUseBlock(i, use.Id, use.Tool, use.Input.ToJsonString()))
        )
        + ProviderEvents.End("tool_use");
}
