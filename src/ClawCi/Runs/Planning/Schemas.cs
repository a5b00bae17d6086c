using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using ClawCi.Configuration;
using ClawCi.Events;
using ClawCi.Models;
using ClawCi.Models.Scripted;
using ClawCi.Permissions;
using ClawCi.Runs.Settings;
using ClawCi.Sessions;

namespace ClawCi.Runs.Planning;

/// <summary>The published JSON Schemas, as docs/formats/NAME.schema.json has them.</summary>
internal static class Schemas
{
    /// <summary>The names, in the order shown to users.</summary>
    public static IReadOnlyList<string> Names { get; } =
    ["task", "policy", "settings", "script", "models", "transcript", "result"];

    /// <summary>Indented JSON with a line feed at the end; null for a name that is not there.</summary>
    public static string? Text(string name)
    {
        var schema = name switch
        {
            "task" => FileSchema.Of(TaskFileJson.Default.TaskFile, "claw-ci task file"),
            "policy" => FileSchema.Of(PolicyFileJson.Default.PolicyFile, "claw-ci policy file"),
            "settings" => FileSchema.Of(SettingsFileJson.Default.SettingsFile, "claw-ci settings file"),
            "script" => FileSchema.Of(ScriptJson.Default.Script, "claw-ci script of a model"),
            "models" => FileSchema.Of(ModelsFileJson.Default.ModelsFile, "claw-ci models file"),
            "transcript" => Transcript(),
            "result" => Open(EventJson.Line.TaskEnded.GetJsonSchemaAsNode(Written), "claw-ci result of a task"),
            _ => null,
        };
        return schema is null ? null : Indented(schema);
    }

    private static string Indented(JsonObject schema)
    {
        using var stream = new MemoryStream();
        var options = new JsonWriterOptions
        {
            Indented = true,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        using (var writer = new Utf8JsonWriter(stream, options))
            schema.WriteTo(writer);
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length) + "\n";
    }

    /// <summary>What is written: a null is left out, so no value is null and what could be is not required.</summary>
    private static JsonSchemaExporterOptions Written { get; } =
        new()
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (context, node) =>
            {
                if (node is not JsonObject schema)
                    return node;
                if (schema["type"] is JsonArray types)
                    schema["type"] = types.First(type => type!.GetValue<string>() != "null")!.DeepClone();
                if (schema["required"] is JsonArray required)
                {
                    var optional = context
                        .TypeInfo.Properties.Where(property => property.IsGetNullable)
                        .Select(property => property.Name);
                    schema["required"] = new JsonArray([
                        .. required
                            .Select(name => name!.GetValue<string>())
                            .Except(optional)
                            .Select(name => JsonValue.Create(name)),
                    ]);
                }
                return schema;
            },
        };

    /// <summary>One line: the envelope's properties and the event's. Readers pass over what they do not know.</summary>
    private static JsonObject Transcript() =>
        Open(
            new JsonObject
            {
                ["allOf"] = new JsonArray(
                    TranscriptJson.Default.TranscriptEnvelope.GetJsonSchemaAsNode(Written),
                    EventJson.Line.RunEvent.GetJsonSchemaAsNode(Written)
                ),
            },
            "claw-ci transcript, one line"
        );

    private static JsonObject Open(JsonNode node, string title)
    {
        var schema = node.AsObject();
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", title);
        return schema;
    }
}
