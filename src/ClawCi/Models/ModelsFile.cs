using System.ComponentModel;
using System.Text.Json.Serialization;
using ClawCi.Configuration;

namespace ClawCi.Models;

/// <summary>Models of one's own, and corrections to the built-in ones. docs/guides/models.md is its published form.</summary>
internal sealed record ModelsFile
{
    [Description("Version of this format: 1.")]
    [Between(1, 1)]
    public required int Version { get; init; }

    [Description("The models, each as tasks name it.")]
    public required IReadOnlyList<ModelEntry> Models { get; init; }

    /// <exception cref="UserErrorException">All mistakes of the file.</exception>
    public static ModelsFile Read(SourceFile file) =>
        StrictReader.Read(file, ModelsFileJson.Default.ModelsFile, Check).Value;

    private static void Check(SourceMapping root, SourceErrors errors)
    {
        var seen = new HashSet<string>();
        foreach (var entry in (root["models"]?.Value as SourceSequence)?.Items.OfType<SourceMapping>() ?? [])
        {
            if (entry["name"]?.Value is not SourceScalar { Text: var name } scalar)
                continue;
            if (ModelName.Parse(name) is null)
                errors.Add(
                    scalar.Place,
                    $"{SourceNode.Quote(name)} names no provider; a model is provider/name, and the providers are {string.Join(", ", ModelName.Providers.Except([ModelName.Scripted]))}"
                );
            if (!seen.Add(name))
                errors.Add(scalar.Place, $"{SourceNode.Quote(name)} is there twice");
        }
    }
}

/// <summary>How a models file is spelled.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower,
    Converters = [typeof(KebabCaseEnumConverter<Thinking>), typeof(KebabCaseEnumConverter<MediaSupport>)]
)]
[JsonSerializable(typeof(ModelsFile))]
internal sealed partial class ModelsFileJson : JsonSerializerContext;
