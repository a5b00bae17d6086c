namespace ClawCi.ToolServer.Tools;

/// <summary>A call whose input has been read.</summary>
internal sealed record ToolCall<TInput>(TInput Input, CallTerms Terms, Session Session);
