namespace ClawCi.ToolServer.Tools;

/// <summary>A call whose input has been read.</summary>
/// <param name="HostTimeout">For bash, from the runner itself and not bound to what a model may ask for.</param>
/// <param name="Environment">For bash, from the runner itself: <c>NAME=value</c> each.</param>
internal sealed record ToolCall<TInput>(
    TInput Input,
    TimeSpan? HostTimeout,
    IReadOnlyList<string> Environment,
    Session Session
);
