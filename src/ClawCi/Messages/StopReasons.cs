namespace ClawCi.Messages;

/// <summary>Why the model stopped, in the provider's words. A value that is not here is kept as it came.</summary>
internal static class StopReasons
{
    public const string EndTurn = "end_turn";
    public const string ToolUse = "tool_use";
    public const string MaxTokens = "max_tokens";
    public const string StopSequence = "stop_sequence";
    public const string PauseTurn = "pause_turn";
    public const string Refusal = "refusal";
    public const string ContextWindowExceeded = "model_context_window_exceeded";
}
