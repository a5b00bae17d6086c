using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClawCi.Events;
using ClawCi.Messages;

namespace ClawCi.Sessions;

/// <summary>
/// <c>session.json</c>: what another run needs to go on from a task, on another machine and with another model. Small, however
/// long the conversation was; docs/formats/session.md is its published form.
/// </summary>
/// <param name="Task">What the model was asked, as it was told.</param>
/// <param name="Instruction">What it was told last, such as which checks are red.</param>
/// <param name="Decisions">One in a line, of the model's last summary.</param>
/// <param name="Summary">Stands for the messages before <paramref name="Messages"/>; null when those are all.</param>
/// <param name="Messages">The last ones: texts, tool uses and shortened tool results, no reasoning.</param>
/// <param name="Files">Files that the model read or wrote, the last one last.</param>
/// <param name="Plan">The model's own list of what is to be done; null without one.</param>
/// <param name="Patch">What was made so far; null when there is nothing, or it was withheld.</param>
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
    string? Instruction,
    IReadOnlyList<string> Decisions,
    SessionSummary? Summary,
    IReadOnlyList<Message> Messages,
    IReadOnlyList<SeenFile> Files,
    IReadOnlyList<TodoItem>? Plan,
    OpenFailures OpenFailures,
    IReadOnlyList<RanCommand> Commands,
    IReadOnlyList<FileChanged> FilesChanged,
    SessionPatch? Patch,
    TranscriptReference Transcript
)
{
    public const string CurrentSchema = "claw-ci.session/v1";

    /// <summary>Far above what is ever written.</summary>
    public const int MaxBytes = 4 << 20;
}

/// <param name="First">Number of the first message it covers, as transcript.md counts them; always 1.</param>
/// <param name="Last">Number of the last one.</param>
/// <param name="ByModel">False for one that was made without the model.</param>
internal sealed record SessionSummary(int First, int Last, string Text, bool ByModel);

/// <param name="File">Beside session.json.</param>
/// <param name="Sha256">Of its bytes, lower-case hex.</param>
/// <param name="Text">The patch itself, when it is text and not long.</param>
internal sealed record SessionPatch(string File, string Sha256, long Bytes, string? Text);

/// <param name="File">Beside session.json.</param>
/// <param name="Messages">How many it holds.</param>
/// <param name="Sha256">Hash of its last line, which stands for all.</param>
internal sealed record TranscriptReference(string File, int Messages, string Sha256);

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
