using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClawCi.Events;
using ClawCi.Messages;

namespace ClawCi.Artifacts;

/// <summary>A task's conversation, model-neutral, for another job to go on from.</summary>
/// <param name="Task">What the model was asked: the first user message's text.</param>
internal sealed record SessionFile(
    string Schema,
    string SessionId,
    string RunId,
    string TaskId,
    string? Model,
    string? BaseCommit,
    string Outcome,
    string Reason,
    string Task,
    string? System,
    IReadOnlyList<FileChanged> FilesChanged,
    IReadOnlyList<Message> Messages
)
{
    public const string CurrentSchema = "claw-ci.session/v1";
}

[JsonSerializable(typeof(SessionFile))]
internal sealed partial class SessionJson : JsonSerializerContext
{
    public static SessionJson Indented { get; } =
        new(
            new JsonSerializerOptions
            {
                PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
                DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                WriteIndented = true,
            }
        );
}
