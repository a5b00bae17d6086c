using System.Text.Json;
using ClawCi.Messages;
using ClawCi.Models.Wire;

namespace ClawCi.Models.OpenAi;

/// <summary>Tokens as OpenAI counts them: those read from its cache and written to it are input tokens too.</summary>
internal static class OpenAiUsage
{
    /// <param name="details">The parts of the input; undefined when there are none.</param>
    public static Usage Of(long input, long output, JsonElement details)
    {
        var read = Math.Min(Part(details, "cached_tokens"), input);
        var written = Math.Min(Part(details, "cache_write_tokens"), input - read);
        return new Usage(input - read - written, output, written, read);
    }

    private static long Part(JsonElement details, string name) =>
        details.ValueKind == JsonValueKind.Object ? TokenCount.Read(details, name) ?? 0 : 0;
}
