using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClawCi.ToolServer.Searching;

/// <summary>What grep_search lists.</summary>
[JsonConverter(typeof(GrepOutputConverter))]
internal enum GrepOutput
{
    Content,
    FilesWithMatches,
    Count,
}

internal sealed class GrepOutputConverter()
    : JsonStringEnumConverter<GrepOutput>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
