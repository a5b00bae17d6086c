namespace ClawCi.Models;

/// <summary>Why a request to a model failed.</summary>
internal enum ModelFailure
{
    /// <summary>429.</summary>
    RateLimited,

    /// <summary>529, or <c>overloaded_error</c> inside a stream.</summary>
    Overloaded,

    /// <summary>5xx, 408, 409, or <c>api_error</c> inside a stream.</summary>
    ServerError,

    /// <summary>No connection, or one that was lost before the reply began.</summary>
    ConnectionLost,

    /// <summary>The stream ended before the message did.</summary>
    Interrupted,

    /// <summary>No byte in time: to connect, first byte, or between chunks.</summary>
    Stalled,

    /// <summary>A reply that is none: not an event stream, empty, or a tool-use stop without a tool use.</summary>
    InvalidReply,

    /// <summary>A reply longer than any that was asked for. Another attempt would pay for as much again.</summary>
    ReplyTooLarge,

    /// <summary>401 or 403.</summary>
    Authentication,

    /// <summary>404: no such model or endpoint.</summary>
    NotFound,

    /// <summary>The conversation no longer fits the model's window.</summary>
    ContextOverflow,

    /// <summary>402, or a quota that is used up: waiting does not help, paying does.</summary>
    OutOfCredit,

    /// <summary>The provider's filter refused the request itself.</summary>
    Refused,

    /// <summary>Any other 4xx.</summary>
    BadRequest,

    /// <summary>A script's expectation was not met, or the script is used up.</summary>
    ScriptMismatch,

    /// <summary>A recording has no reply to the request.</summary>
    RecordingMismatch,
}

/// <summary>A request to a model failed; thrown by the client for one attempt and by <see cref="Model"/> after the last.</summary>
/// <param name="retryAfter">What the provider asked to wait, when it did.</param>
/// <param name="shouldRetry">What the provider said of trying again, when it did: it knows better than a status.</param>
internal sealed class ModelException(
    ModelFailure failure,
    string message,
    int? status = null,
    string? requestId = null,
    TimeSpan? retryAfter = null,
    bool? shouldRetry = null,
    Exception? inner = null
) : Exception(Named(message, requestId), inner)
{
    public ModelFailure Failure { get; } = failure;
    public int? Status { get; } = status;
    public string? RequestId { get; } = requestId;
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>Whether the same request may succeed some time: another model may answer meanwhile.</summary>
    public bool IsTransient =>
        shouldRetry is true
        || Failure
            is ModelFailure.RateLimited
                or ModelFailure.Overloaded
                or ModelFailure.ServerError
                or ModelFailure.ConnectionLost
                or ModelFailure.Interrupted
                or ModelFailure.Stalled
                or ModelFailure.InvalidReply;

    /// <summary>Whether to make it again now. A provider that says not to is away all the same.</summary>
    public bool IsToBeRetried => shouldRetry ?? IsTransient;

    private static string Named(string message, string? requestId) =>
        requestId is null || message.Contains($"(request {requestId})", StringComparison.Ordinal)
            ? message
            : $"{message} (request {requestId})";

    /// <summary>The same failure, of the request with the given id and an answer of status 200.</summary>
    public ModelException Of(string requestId) =>
        new(Failure, Message, Status ?? 200, requestId, RetryAfter, shouldRetry, this);
}
