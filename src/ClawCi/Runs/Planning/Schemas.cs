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
using ClawCi.Runs.Extensions;
using ClawCi.Runs.Planning.TaskFiles;
using ClawCi.Runs.Settings;
using ClawCi.Sessions;

namespace ClawCi.Runs.Planning;

/// <summary>The published JSON Schemas, as docs/formats/NAME.schema.json has them.</summary>
internal static class Schemas
{
    /// <summary>The names, in the order shown to users.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "task",
        "policy",
        "policy-test",
        "settings",
        "plugin",
        "script",
        "models",
        "transcript",
        "result",
        "session",
        "publish",
    ];

    /// <summary>Indented JSON with a line feed at the end; null for a name that is not there.</summary>
    public static string? Text(string name)
    {
        var schema = name switch
        {
            "task" => FileSchema.Of(TaskFileJson.Default.TaskFile, "claw-ci task file"),
            "policy" => FileSchema.Of(PolicyFileJson.Default.PolicyFile, "claw-ci policy file"),
            "policy-test" => FileSchema.Of(PolicyTestJson.Default.PolicyTestFile, "claw-ci cases for a policy"),
            "settings" => FileSchema.Of(SettingsFileJson.Default.SettingsFile, "claw-ci settings file"),
            "plugin" => FileSchema.Of(PluginFileJson.Default.PluginFile, "claw-ci plugin manifest"),
            "script" => FileSchema.Of(ScriptJson.Default.Script, "claw-ci script of a model"),
            "models" => FileSchema.Of(ModelsFileJson.Default.ModelsFile, "claw-ci models file"),
            "transcript" => Open(TranscriptSchema.Line(), "claw-ci transcript, one line"),
            "result" => Open(
                EventJson.Line.TaskEnded.GetJsonSchemaAsNode(WrittenSchema.Options),
                "claw-ci result of a task"
            ),
            "session" => Open(
                SessionJson.Indented.SessionFile.GetJsonSchemaAsNode(WrittenSchema.Options),
                "claw-ci session of a task"
            ),
            "publish" => Open(
                PublishJson.Indented.PublishResult.GetJsonSchemaAsNode(WrittenSchema.Options),
                "claw-ci result of publishing"
            ),
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

    private static JsonObject Open(JsonNode node, string title)
    {
        var schema = node.AsObject();
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", title);
        return schema;
    }
}
