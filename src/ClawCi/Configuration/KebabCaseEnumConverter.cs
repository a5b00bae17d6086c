using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClawCi.Configuration;

/// <summary>An enum as its words in kebab-case: <c>OnSuccess</c> is <c>on-success</c>.</summary>
internal sealed class KebabCaseEnumConverter<T>()
    : JsonStringEnumConverter<T>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
