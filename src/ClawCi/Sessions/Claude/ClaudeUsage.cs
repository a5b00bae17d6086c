using System.Text.Json;
using ClawCi.Messages;

namespace ClawCi.Sessions.Claude;

/// <summary>Usage as the Messages API counts it. What we do not count is null in a reply, and nothing in a result.</summary>
internal static class ClaudeUsage
{
    public static void OfReply(Utf8JsonWriter writer, Usage usage)
    {
        Counts(writer, usage);
        writer.WriteNull("cache_creation");
        writer.WriteNull("output_tokens_details");
        writer.WriteNull("server_tool_use");
        writer.WriteNull("service_tier");
        writer.WriteNull("inference_geo");
        writer.WriteNull("iterations");
        writer.WriteNull("speed");
        writer.WriteNull("fallback_credit");
        writer.WriteEndObject();
    }

    /// <summary>Of a result no part may be null.</summary>
    public static void OfResult(Utf8JsonWriter writer, Usage usage)
    {
        Counts(writer, usage);
        writer.WriteStartObject("cache_creation");
        writer.WriteNumber("ephemeral_5m_input_tokens", usage.CacheCreationInputTokens);
        writer.WriteNumber("ephemeral_1h_input_tokens", 0);
        writer.WriteEndObject();
        writer.WriteStartObject("output_tokens_details");
        writer.WriteNumber("thinking_tokens", 0);
        writer.WriteEndObject();
        writer.WriteStartObject("server_tool_use");
        writer.WriteNumber("web_search_requests", 0);
        writer.WriteNumber("web_fetch_requests", 0);
        writer.WriteEndObject();
        writer.WriteString("service_tier", "standard");
        writer.WriteString("inference_geo", "");
        writer.WriteStartArray("iterations");
        writer.WriteEndArray();
        writer.WriteString("speed", "standard");
        writer.WriteNull("fallback_credit");
        writer.WriteEndObject();
    }

    private static void Counts(Utf8JsonWriter writer, Usage usage)
    {
        writer.WriteStartObject("usage");
        writer.WriteNumber("input_tokens", usage.InputTokens);
        writer.WriteNumber("output_tokens", usage.OutputTokens);
        writer.WriteNumber("cache_creation_input_tokens", usage.CacheCreationInputTokens);
        writer.WriteNumber("cache_read_input_tokens", usage.CacheReadInputTokens);
    }
}
