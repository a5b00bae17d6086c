using System.Text.Json;
using ClawCi.Events;

namespace ClawCi.Sessions.Claude;

/// <summary>Lines of type <c>system</c>.</summary>
internal static class ClaudeSystem
{
    public static void Init(Utf8JsonWriter writer, RunStarted started)
    {
        Begin(writer, "init");
        writer.WriteString("cwd", started.Workspace);
        Strings(writer, "tools", started.Tools);
        Strings(writer, "mcp_servers", []);
        writer.WriteString("model", started.Model);
        // What a rule does not allow is denied; nobody is asked.
        writer.WriteString("permissionMode", "dontAsk");
        Strings(writer, "slash_commands", []);
        // Transcripts do not say where keys came from.
        writer.WriteString("apiKeySource", "none");
        // A semantic version below all of theirs: what is looked up by version is not there.
        writer.WriteString("claude_code_version", $"{started.Version}+claw-ci");
        writer.WriteString("output_style", "default");
        Strings(writer, "skills", []);
        Strings(writer, "plugins", []);
    }

    public static void PermissionDenied(Utf8JsonWriter writer, PolicyDecided denial)
    {
        Begin(writer, "permission_denied");
        writer.WriteString("tool_name", denial.Tool);
        writer.WriteString("tool_use_id", denial.ToolUseId);
        writer.WriteString("decision_reason_type", denial.RuleId is null ? "mode" : "rule");
        writer.WriteString("decision_reason", denial.RuleId ?? denial.Source);
        writer.WriteString("message", denial.Reason);
    }

    public static void ApiRetry(Utf8JsonWriter writer, ApiRetried retry)
    {
        Begin(writer, "api_retry");
        writer.WriteNumber("attempt", retry.Attempt);
        writer.WriteNumber("max_retries", retry.MaxAttempts - 1);
        writer.WriteNumber("retry_delay_ms", retry.DelayMs);
        if (retry.Status is { } status)
            writer.WriteNumber("error_status", status);
        else
            writer.WriteNull("error_status");
        writer.WriteString(
            "error",
            retry.Status switch
            {
                429 => "rate_limit",
                529 => "overloaded",
                401 or 403 => "authentication_failed",
                404 => "model_not_found",
                >= 500 => "server_error",
                >= 400 => "invalid_request",
                _ => "unknown",
            }
        );
    }

    public static void CompactBoundary(Utf8JsonWriter writer, Compacted compacted)
    {
        Begin(writer, "compact_boundary");
        writer.WriteStartObject("compact_metadata");
        writer.WriteString("trigger", "auto");
        writer.WriteNumber("pre_tokens", compacted.TokensBefore);
        writer.WriteNumber("post_tokens", compacted.TokensAfter);
        writer.WriteNumber("duration_ms", compacted.DurationMs);
        writer.WriteEndObject();
    }

    public static void Informational(Utf8JsonWriter writer, string text)
    {
        Begin(writer, "informational");
        writer.WriteString("content", text);
        writer.WriteString("level", "warning");
    }

    private static void Begin(Utf8JsonWriter writer, string subtype)
    {
        writer.WriteString("type", "system");
        writer.WriteString("subtype", subtype);
    }

    private static void Strings(Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
            writer.WriteStringValue(value);
        writer.WriteEndArray();
    }
}
