using System.Text;
using System.Text.Json;
using ClawCi.Configuration;

namespace ClawCi.Hooks;

/// <summary>
/// What a hook in the sandbox said. Whatever else runs there can say it in its place, so it is read strictly: silence, or one
/// JSON object in which every word is known.
/// </summary>
internal static class SandboxHookAnswer
{
    /// <summary>More than a decision and a tool's input need.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int MaxReason = 2000;
    private const int MaxContext = 16_000;
    private const int Blocks = 2;
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private static readonly Dictionary<string, JsonValueKind> Top = new()
    {
        ["continue"] = JsonValueKind.True,
        ["stopReason"] = JsonValueKind.String,
        ["suppressOutput"] = JsonValueKind.True,
        ["systemMessage"] = JsonValueKind.String,
        ["decision"] = JsonValueKind.String,
        ["reason"] = JsonValueKind.String,
        ["hookSpecificOutput"] = JsonValueKind.Object,
    };

    private static readonly Dictionary<string, JsonValueKind> Special = new()
    {
        ["hookEventName"] = JsonValueKind.String,
        ["permissionDecision"] = JsonValueKind.String,
        ["permissionDecisionReason"] = JsonValueKind.String,
        ["updatedInput"] = JsonValueKind.Object,
        ["additionalContext"] = JsonValueKind.String,
    };

    /// <param name="mayRewrite">Whether the call's input may be changed: it stays in the sandbox that says so.</param>
    /// <param name="plainIsContext">Whether output that is no JSON is for the model.</param>
    public static HookAnswer Of(int exitCode, byte[] output, bool mayRewrite, bool plainIsContext)
    {
        string text;
        try
        {
            text = Strict.GetString(output).Trim();
        }
        catch (DecoderFallbackException)
        {
            return Failure("its output is not UTF-8");
        }
        if (exitCode == Blocks)
            return HookAnswer.Of(exitCode, "", Cut(text, MaxReason), plainIsContext);
        if (exitCode != 0)
            return Failure($"exit code {exitCode}. {Cut(text, MaxReason)}".TrimEnd());
        if (text.Length == 0)
            return HookAnswer.Nothing;
        if (!text.StartsWith('{'))
            return plainIsContext
                ? new(Context: Cut(text, MaxContext))
                : Failure(
                    "it said something that is not a JSON object. In the sandbox standard error is part of the output; send what is no answer to /dev/null"
                );
        try
        {
            using var json = JsonDocument.Parse(
                text,
                new() { AllowDuplicateProperties = false, MaxDepth = HookAnswer.MaxDepth }
            );
            return Problem(json.RootElement, mayRewrite) is { } problem
                ? Failure(problem)
                : Bounded(HookAnswer.Of(json.RootElement));
        }
        catch (JsonException e)
        {
            return Failure($"its output is not the JSON that it begins as: {e.Message}");
        }
    }

    private static string? Problem(JsonElement answer, bool mayRewrite)
    {
        var special = answer.TryGetProperty("hookSpecificOutput", out var inner) ? inner : default;
        if (Unknown(answer, Top) is { } top)
            return top;
        if (special.ValueKind == JsonValueKind.Object && Unknown(special, Special) is { } unknown)
            return unknown;
        if (!Says(answer, "decision", "block", "deny", "approve", "allow"))
            return "its `decision` is none";
        if (!Says(special, "permissionDecision", "allow", "deny", "ask", "defer"))
            return "its `permissionDecision` is none";
        return special.ValueKind == JsonValueKind.Object && special.TryGetProperty("updatedInput", out _) && !mayRewrite
            ? "it may not change this input: only that of a tool in the sandbox, before the call"
            : null;
    }

    private static string? Unknown(JsonElement answer, Dictionary<string, JsonValueKind> known)
    {
        foreach (var member in answer.EnumerateObject())
        {
            if (!known.TryGetValue(member.Name, out var kind))
                return $"there is no {SourceNode.Quote(member.Name)} in an answer";
            var given = member.Value.ValueKind == JsonValueKind.False ? JsonValueKind.True : member.Value.ValueKind;
            if (given != kind)
                return $"its {SourceNode.Quote(member.Name)} is of the wrong kind";
        }
        return null;
    }

    private static bool Says(JsonElement answer, string name, params ReadOnlySpan<string> words)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty(name, out var word))
            return true;
        return words.Contains(word.GetString());
    }

    private static HookAnswer Bounded(HookAnswer answer) =>
        answer with
        {
            Block = answer.Block is { } reason ? Cut(reason, MaxReason) : null,
            Context = answer.Context is { } context ? Cut(context, MaxContext) : null,
        };

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..most] + "…";

    private static HookAnswer Failure(string why) => new(Block: why, Failed: true);
}
