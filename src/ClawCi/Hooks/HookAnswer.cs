using System.Text.Json;

namespace ClawCi.Hooks;

/// <summary>What a hook said.</summary>
/// <param name="Block">Why not; null when it does not object.</param>
/// <param name="Failed">Whether it could not do its work, rather than objected.</param>
/// <param name="Input">The tool's input as it should be instead.</param>
/// <param name="Context">What the model is to be told besides.</param>
internal sealed record HookAnswer(
    string? Block = null,
    bool Failed = false,
    JsonElement? Input = null,
    string? Context = null
)
{
    public static readonly HookAnswer Nothing = new();

    /// <summary>Levels of objects and lists: an input of as many as a model's may have stands two levels down.</summary>
    public const int MaxDepth = 34;

    private const int Blocks = 2;

    /// <summary>Reads exit code and streams as other harnesses do: 0 goes on, 2 blocks with what stderr says, all else is a failure.</summary>
    /// <param name="plainIsContext">Whether output that is no JSON is for the model.</param>
    public static HookAnswer Of(int exitCode, string output, string error, bool plainIsContext)
    {
        if (exitCode == Blocks)
            return new(Block: Text(error, "The hook objects and does not say why."));
        if (exitCode != 0)
            return new(Block: Text($"exit code {exitCode}. {error}", ""), Failed: true);
        var text = output.Trim();
        if (!text.StartsWith('{'))
            return plainIsContext && text.Length > 0 ? new(Context: text) : Nothing;
        try
        {
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return Of(json.RootElement);
        }
        catch (JsonException e)
        {
            return new(Block: $"its output is not the JSON that it begins as: {e.Message}", Failed: true);
        }
    }

    /// <param name="answer">An object.</param>
    public static HookAnswer Of(JsonElement answer)
    {
        var special = Member(answer, "hookSpecificOutput");
        var reason = String(answer, "reason");
        string? block = null;
        if (Member(answer, "continue") is { ValueKind: JsonValueKind.False })
            block = Text(String(answer, "stopReason") ?? reason, "The hook says to stop.");
        else if (String(answer, "decision") is "block" or "deny")
            block = Text(reason, "The hook objects and does not say why.");
        // Nobody is there to be asked.
        else if (String(special, "permissionDecision") is "deny" or "ask" or "defer")
            block = Text(String(special, "permissionDecisionReason"), "The hook objects and does not say why.");
        var input = Member(special, "updatedInput") is { ValueKind: JsonValueKind.Object } updated
            ? updated.Clone()
            : (JsonElement?)null;
        return new(block, false, input, String(special, "additionalContext"));
    }

    private static string Text(string? text, string otherwise) =>
        string.IsNullOrWhiteSpace(text) ? otherwise : text.Trim();

    private static JsonElement? Member(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty(name, out var member) ? member : null;

    private static string? String(JsonElement? parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
