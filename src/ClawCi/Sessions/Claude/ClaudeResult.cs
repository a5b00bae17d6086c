using System.Text.Json;
using ClawCi.Events;

namespace ClawCi.Sessions.Claude;

/// <summary>
/// The line of type <c>result</c>: their names, then ours. Where they have a number and we do not know one it is 0, and
/// <c>costBasis</c> is <c>unknown</c>.
/// </summary>
internal static class ClaudeResult
{
    /// <summary>Ours, in the order of docs/formats/transcript.md; what is null is left out.</summary>
    private static readonly string[] Own =
    [
        "outcome",
        "exit_code",
        "reason",
        "message",
        "retryable",
        "limits_hit",
        "checks",
        "changes",
        "applied",
        "artifacts",
        "redactions",
        "reported",
    ];

    /// <param name="stopReason">Of the last reply; null when there was none.</param>
    /// <param name="index">How many results came before in the same stream.</param>
    public static void Write(Utf8JsonWriter writer, TaskEnded ended, string? stopReason, int index)
    {
        writer.WriteString("type", "result");
        writer.WriteString("subtype", ended.Subtype);
        writer.WriteBoolean("is_error", ended.IsError);
        writer.WriteNumber("duration_ms", ended.DurationMs);
        writer.WriteNumber("duration_api_ms", ended.DurationApiMs);
        writer.WriteNumber("num_turns", ended.NumTurns);
        if (ended.Subtype == "success")
            writer.WriteString("result", ended.Result);
        else
            Errors(writer, ended.Message);
        writer.WriteString("stop_reason", stopReason);
        writer.WriteNumber("total_cost_usd", ended.TotalCostUsd ?? 0);
        ClaudeUsage.OfResult(writer, ended.Usage);
        Models(writer, ended.ModelUsage);
        Denials(writer, ended.PermissionDenials);
        if (ended.StructuredOutput is { } output)
        {
            writer.WritePropertyName("structured_output");
            output.WriteTo(writer);
        }
        if (TerminalReason(ended) is { } reason)
            writer.WriteString("terminal_reason", reason);
        writer.WriteNumber("result_index", index);
        var native = JsonSerializer.SerializeToElement(ended, EventJson.Line.TaskEnded);
        foreach (var name in Own)
        {
            if (!native.TryGetProperty(name, out var value))
                continue;
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
    }

    private static void Errors(Utf8JsonWriter writer, string message)
    {
        writer.WriteStartArray("errors");
        writer.WriteStringValue(message);
        writer.WriteEndArray();
    }

    private static void Models(Utf8JsonWriter writer, IReadOnlyDictionary<string, ModelUsage> models)
    {
        writer.WriteStartObject("modelUsage");
        foreach (var (name, usage) in models)
        {
            writer.WriteStartObject(name);
            writer.WriteNumber("inputTokens", usage.InputTokens);
            writer.WriteNumber("outputTokens", usage.OutputTokens);
            writer.WriteNumber("cacheReadInputTokens", usage.CacheReadInputTokens);
            writer.WriteNumber("cacheCreationInputTokens", usage.CacheCreationInputTokens);
            writer.WriteNumber("webSearchRequests", 0);
            writer.WriteNumber("costUSD", usage.CostUsd ?? 0);
            writer.WriteNumber("contextWindow", 0);
            writer.WriteNumber("maxOutputTokens", 0);
            if (usage.CostUsd is null)
                writer.WriteString("costBasis", "unknown");
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private static void Denials(Utf8JsonWriter writer, IReadOnlyList<PermissionDenial> denials)
    {
        writer.WriteStartArray("permission_denials");
        foreach (var denial in denials)
        {
            writer.WriteStartObject();
            writer.WriteString("tool_name", denial.ToolName);
            writer.WriteString("tool_use_id", denial.ToolUseId);
            writer.WriteStartObject("tool_input");
            // What a model wrote instead of an object is recorded as a string; they know objects only.
            if (denial.ToolInput.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in denial.ToolInput.EnumerateObject())
                    property.WriteTo(writer);
            }
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static string? TerminalReason(TaskEnded ended) =>
        ended.Subtype switch
        {
            "success" => "completed",
            "error_max_turns" => "max_turns",
            "error_max_budget_usd" => "budget_exhausted",
            _ => ended.Outcome == "model-unavailable" ? "api_error" : null,
        };
}
