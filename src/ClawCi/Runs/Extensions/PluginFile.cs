using System.ComponentModel;
using System.Text.Json.Serialization;
using ClawCi.Configuration;

namespace ClawCi.Runs.Extensions;

/// <summary>The <c>plugin.json</c> of a plugin as written. docs/formats/plugin.md is its published form.</summary>
internal sealed record PluginFile
{
    public const string FileName = "plugin.json";

    [Description("Version of this format: 1.")]
    [Between(1, 1)]
    public required int Version { get; init; }

    [Description("What its commands and skills are called after.")]
    [Text(TextFormat.Id)]
    public required string Name { get; init; }

    [Description("What it is for, for people.")]
    [Text(TextFormat.NotEmpty)]
    public string? Description { get; init; }

    [Description("Commands that are asked or told at certain moments; on the host they run in the plugin's directory.")]
    public IReadOnlyList<HookSection>? Hooks { get; init; }

    [Description("MCP servers of every task that has the plugin.")]
    [Keys(TextFormat.Server)]
    public IReadOnlyDictionary<string, McpServerSection>? McpServers { get; init; }
}

/// <summary>How a plugin's manifest is spelled: kebab-case keys and words.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower,
    Converters = [
        typeof(KebabCaseEnumConverter<HookEvent>),
        typeof(KebabCaseEnumConverter<HookPlace>),
        typeof(KebabCaseEnumConverter<McpPlace>),
    ]
)]
[JsonSerializable(typeof(PluginFile))]
internal sealed partial class PluginFileJson : JsonSerializerContext;
