using System.ComponentModel;
using ClawCi.Configuration;

namespace ClawCi.Models.Scripted;

/// <summary>What a request must be like for a scripted reply to be given to it. All of it must hold.</summary>
internal sealed record ScriptExpectation
{
    [Description("Texts that the last message holds, tool results included.")]
    public OneOrMore? LastMessageContains { get; init; }

    [Description("Texts that the last message does not hold.")]
    public OneOrMore? NotContains { get; init; }

    [Description("Texts that the tool results of the last message hold.")]
    public OneOrMore? ToolResultContains { get; init; }

    [Description("Whether a tool result of the last message is an error.")]
    public bool? ToolResultIsError { get; init; }

    [Description("Texts that the system prompt holds.")]
    public OneOrMore? SystemContains { get; init; }

    [Description("The tools that the model is offered, all of them, in any order.")]
    public IReadOnlyList<string>? Tools { get; init; }

    /// <summary>What does not hold, in words; empty when all does.</summary>
    public IEnumerable<string> Misses(ScriptedRequest request)
    {
        var last = string.Join('\n', request.LastMessage.Select(part => part.Text));
        var results = request.LastMessage.Where(part => part.IsToolResult).ToList();
        var answers = string.Join('\n', results.Select(part => part.Text));
        foreach (var text in Lacking(LastMessageContains, last))
            yield return $"the last message to hold {SourceNode.Quote(text)}";
        foreach (var text in (NotContains?.Items ?? []).Except(Lacking(NotContains, last)))
            yield return $"the last message not to hold {SourceNode.Quote(text)}";
        foreach (var text in Lacking(ToolResultContains, answers))
            yield return $"a tool result to hold {SourceNode.Quote(text)}";
        if (ToolResultIsError is { } isError && results.Any(part => part.IsError) != isError)
            yield return isError ? "a tool result to be an error" : "no tool result to be an error";
        foreach (var text in Lacking(SystemContains, request.System))
            yield return $"the system prompt to hold {SourceNode.Quote(text)}";
        if (Tools is not null && !Tools.ToHashSet().SetEquals(request.Tools))
            yield return $"the tools {string.Join(", ", Tools)}; offered: {string.Join(", ", request.Tools)}";
    }

    private static IEnumerable<string> Lacking(OneOrMore? texts, string whole) =>
        (texts?.Items ?? []).Where(text => !whole.Contains(text, StringComparison.Ordinal));
}
