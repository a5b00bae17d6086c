using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClawCi.Events;

/// <summary>What became of a run's patches: <c>publish.json</c>. docs/formats/publish.md is its published form.</summary>
/// <param name="Staged">Nothing was sent; the rest says what would have been.</param>
/// <param name="Outcome">A word of docs/formats/outcomes.md.</param>
internal sealed record PublishResult(
    string Schema,
    string RunId,
    bool Staged,
    string Outcome,
    int ExitCode,
    string Reason,
    string Message,
    bool Retryable,
    IReadOnlyList<PublishedTask> Tasks
)
{
    public const string CurrentSchema = "claw-ci.publish/v1";
    public const string FileName = "publish.json";
}

/// <summary>What became of one task's patch.</summary>
/// <param name="Status">
/// <c>published</c>, <c>updated</c>, <c>unchanged</c>, <c>contained</c>, <c>closed</c>, <c>skipped</c>, <c>held</c>,
/// <c>conflict</c>, <c>blocked</c> or <c>failed</c>.
/// </param>
/// <param name="Message">For people, on one line.</param>
/// <param name="Base">The branch that the change is for.</param>
/// <param name="BaseCommit">What it stood on.</param>
/// <param name="RunCommit">What the run's checkout stood on; null when that is <paramref name="BaseCommit"/>.</param>
/// <param name="Commit">What the branch holds now, or would.</param>
internal sealed record PublishedTask(
    string TaskId,
    string Status,
    string Message,
    string? Repository = null,
    string? Base = null,
    string? BaseCommit = null,
    string? RunCommit = null,
    string? Branch = null,
    string? Commit = null,
    PublishedRequest? Request = null,
    IReadOnlyList<PublishConflict>? Conflicts = null
);

/// <summary>A pull or merge request.</summary>
internal sealed record PublishedRequest(long Number, string Url);

/// <summary>A file on which base and patch do not agree.</summary>
internal sealed record PublishConflict(string Path, string Reason);

[JsonSerializable(typeof(PublishResult))]
internal sealed partial class PublishJson : JsonSerializerContext
{
    public static PublishJson Indented { get; } =
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
