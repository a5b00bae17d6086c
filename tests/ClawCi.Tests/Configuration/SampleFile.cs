using System.Text.Json;
using System.Text.Json.Serialization;
using ClawCi.Configuration;

namespace ClawCi.Tests.Configuration;

/// <summary>One property of every kind that a file of ours may have.</summary>
internal sealed record SampleFile
{
    public required string Name { get; init; }

    [Between(1, 10)]
    public int? Count { get; init; }
    public decimal? Price { get; init; }
    public bool? Strict { get; init; }
    public Duration? Timeout { get; init; }
    public ByteSize? Memory { get; init; }
    public SampleWord? When { get; init; }

    [Text(TextFormat.Glob)]
    public IReadOnlyList<string>? Paths { get; init; }

    [Keys(TextFormat.Variable)]
    public IReadOnlyDictionary<string, string>? Env { get; init; }
    public IReadOnlyList<SampleStep>? Steps { get; init; }
    public OneOrMore? Deny { get; init; }
    public CommandWords? Command { get; init; }
    public JsonElement? Input { get; init; }
}

internal sealed record SampleStep
{
    [Text(TextFormat.NotEmpty)]
    public required string Run { get; init; }
}

internal enum SampleWord
{
    OnSuccess,
    Never,
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower,
    Converters = [typeof(KebabCaseEnumConverter<SampleWord>)]
)]
[JsonSerializable(typeof(SampleFile))]
internal sealed partial class SampleJson : JsonSerializerContext;
