using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using ClawCi.Events;

namespace ClawCi.Sessions;

/// <summary>JSON Schema of one line of a transcript, made from the records that write it.</summary>
internal static class TranscriptSchema
{
    public static JsonObject Envelope() =>
        TranscriptJson.Default.TranscriptEnvelope.GetJsonSchemaAsNode(WrittenSchema.Options).AsObject();

    /// <summary>An <c>anyOf</c> of the types.</summary>
    public static JsonObject Event() =>
        WrittenSchema.Whole(EventJson.Line.RunEvent.GetJsonSchemaAsNode(WrittenSchema.Options));

    /// <summary>The envelope's properties and the event's. Readers pass over what they do not know.</summary>
    public static JsonObject Line() => new() { ["allOf"] = new JsonArray(Envelope(), Event()) };
}
