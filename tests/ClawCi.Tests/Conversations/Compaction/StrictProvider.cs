using System.Globalization;
using System.Text;
using System.Text.Json;
using ClawCi.TestSupport;

namespace ClawCi.Tests.Conversations.Compaction;

/// <summary>
/// An endpoint that holds requests to the Messages API's rules, counts four bytes a token, and refuses what does not fit its
/// window. It asks for a tool so many times and is done then; when it is asked for a summary it gives one.
/// </summary>
internal sealed class StrictProvider(int window, int turns)
{
    private const string SummaryQuestion = "[From the runner] This conversation nears";
    private readonly List<JsonElement> _requests = [];
    private int _turns;

    /// <summary>What broke the rules, in words.</summary>
    public List<string> Offences { get; } = [];

    /// <summary>The requests that were answered as turns.</summary>
    public IReadOnlyList<JsonElement> Turns => _requests;

    public List<string> SummaryRequests { get; } = [];

    public int Refusals { get; private set; }

    /// <summary>The answer to a request for a summary; null refuses it with a fault of the server.</summary>
    public Func<int, ChaosAnswer> Summary { get; init; } =
        number =>
            ChaosAnswers.Stream(
                Message(
                    $"## Goal\nThe total is right.\n## Decisions\n- number {number}: keep the cents\n## Done\nnone\n## State\nnone\n## Next\nGo on.",
                    1_000
                )
            );

    /// <summary>What it says in words before a tool use.</summary>
    public Func<int, string> Words { get; init; } = turn => $"Now for step {turn}. " + new string('w', 500);

    public Func<int, string> Command { get; init; } = turn => $"step {turn}";

    public ChaosAnswer Answer(int number, ChaosRequest request)
    {
        var root = JsonElement.Parse(request.Body);
        Offences.AddRange(Check(root));
        var tokens = Encoding.UTF8.GetByteCount(request.Body) / 4;
        if (tokens > window)
        {
            Refusals++;
            return ChaosAnswers.Error(
                400,
                "invalid_request_error",
                $"prompt is too long: {tokens} tokens > {window} maximum"
            );
        }
        if (LastText(root).Contains(SummaryQuestion, StringComparison.Ordinal))
        {
            SummaryRequests.Add(request.Body);
            return Summary(SummaryRequests.Count);
        }
        _requests.Add(root);
        return ChaosAnswers.Stream(_turns++ < turns ? Use(_turns, tokens) : Message("Done.", tokens));
    }

    private string Use(int turn, int tokens) =>
        Start(tokens)
        + ProviderEvents.Block(
            0,
            """{"type":"thinking","thinking":"","signature":""}""",
            $$"""{"type":"thinking_delta","thinking":"thought {{turn}}"}""",
            $$"""{"type":"signature_delta","signature":"sig{{turn}}"}"""
        )
        + ProviderEvents.Block(
            1,
            """{"type":"text","text":""}""",
            $$"""{"type":"text_delta","text":"{{Words(turn)}}"}"""
        )
        + ProviderEvents.ToolUseBlock(2, $"toolu_{turn}", "bash", $$"""{"command":"{{Command(turn)}}"}""")
        + ProviderEvents.End("tool_use", 40 + (Words(turn).Length / 4));

    public static string Message(string text, int tokens) =>
        Start(tokens)
        + ProviderEvents.Block(
            0,
            """{"type":"text","text":""}""",
            $$"""{"type":"text_delta","text":"{{JsonEncodedText.Encode(text)}}"}"""
        )
        + ProviderEvents.End();

    private static string Start(int tokens) =>
        ProviderEvents.Event(
            "message_start",
            """{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"strict","content":[],"usage":{"input_tokens":"""
                + tokens.ToString(CultureInfo.InvariantCulture)
                + ""","output_tokens":1}}}"""
        );

    private static IEnumerable<string> Check(JsonElement root)
    {
        var open = new HashSet<string>();
        var expected = "user";
        foreach (var message in root.GetProperty("messages").EnumerateArray())
        {
            var role = message.GetProperty("role").GetString()!;
            if (role != expected)
                yield return $"{role} where {expected} has to speak";
            expected = role == "user" ? "assistant" : "user";
            var content = message.GetProperty("content").EnumerateArray().ToList();
            if (content.Count == 0)
                yield return "a message is empty";
            foreach (var id in content.Where(IsResult).Select(block => Text(block, "tool_use_id")))
            {
                if (!open.Remove(id))
                    yield return $"a result of {id}, which was not asked for right before";
            }
            if (open.Count > 0)
                yield return $"no result of {string.Join(", ", open)}";
            open = [.. content.Where(block => Text(block, "type") == "tool_use").Select(block => Text(block, "id"))];
            if (role == "assistant" && open.Count > 0 && Text(content[0], "type") != "thinking")
                yield return "a tool use without the thinking before it";
            if (content[0] is var thinking && Text(thinking, "type") == "thinking")
            {
                if (Text(thinking, "signature") != Text(thinking, "thinking").Replace("thought ", "sig"))
                    yield return "a signature that does not fit";
            }
        }
        if (expected == "user" || open.Count > 0)
            yield return "the conversation does not end with the user";
    }

    private static bool IsResult(JsonElement block) => Text(block, "type") == "tool_result";

    private static string Text(JsonElement block, string name) =>
        block.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    private static string LastText(JsonElement root) =>
        string.Concat(
            root.GetProperty("messages")
                .EnumerateArray()
                .Last()
                .GetProperty("content")
                .EnumerateArray()
                .Select(block => Text(block, "text"))
        );
}
