using System.Text.Json.Serialization;

namespace ClawCi.ToolServer.Reports;

/// <summary>What the runner wants to know of the files that were written.</summary>
/// <param name="Since">By the clock of files, nanoseconds since 1970. Without it the answer is the time.</param>
/// <param name="Globs">Which files are wanted; the answer is a list of their paths.</param>
/// <param name="Path">One of them; the answer is its content.</param>
internal sealed record ReportInput(long? Since = null, IReadOnlyList<string>? Globs = null, string? Path = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReportInput))]
[JsonSerializable(typeof(List<string>))]
internal sealed partial class ReportJson : JsonSerializerContext;
