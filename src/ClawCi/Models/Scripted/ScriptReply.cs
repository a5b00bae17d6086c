using System.ComponentModel;
using System.Text.Json;
using ClawCi.Configuration;

namespace ClawCi.Models.Scripted;

/// <summary>One answer of a script: a message, a fault, or a message that a fault befalls.</summary>
internal sealed record ScriptReply
{
    [Description("What the request must be like; otherwise the run ends with exit code 21 and the difference.")]
    public ScriptExpectation? Expect { get; init; }

    [Description(
        "Only for conversations whose first message holds this text: a subagent's. They have replies of their own, in their order. Default: for all others."
    )]
    [Text(TextFormat.NotEmpty)]
    public string? ForPrompt { get; init; }

    [Description("The model's reasoning, before anything else it says.")]
    public string? Thinking { get; init; }

    [Description("What the model says.")]
    public string? Text { get; init; }

    [Description("The tools the model asks for.")]
    public IReadOnlyList<ScriptToolUse>? ToolUses { get; init; }

    [Description("Why the model stops. Default tool_use with tool uses, else end_turn.")]
    [Text(TextFormat.NotEmpty)]
    public string? StopReason { get; init; }

    [Description("Tokens of this reply. Default: estimated from the size of request and reply.")]
    public ScriptUsage? Usage { get; init; }

    [Description("How long the answer takes to begin.")]
    public Duration? Delay { get; init; }

    [Description("How many bytes of the stream come at a time. Default: an event at a time.")]
    [Between(1, 1_048_576)]
    public int? ChunkBytes { get; init; }

    [Description("Answer with this HTTP status instead of a message.")]
    [Between(300, 599)]
    public int? Status { get; init; }

    [Description("With status: seconds after which the provider asks to be tried again.")]
    [Between(0, 86_400)]
    public int? RetryAfter { get; init; }

    [Description("With status: the body. Default: the provider's error object.")]
    public string? Body { get; init; }

    [Description("Lose the connection after so many bytes of the stream.")]
    [Between(0, 67_108_864)]
    public int? CutAfterBytes { get; init; }

    [Description("Fall silent: before-reply, or in-reply after the first event.")]
    public ScriptStall? Stall { get; init; }

    [Description("Answer 200 with something that is no message: html, or garbage in an event stream.")]
    public ScriptMalformed? Malformed { get; init; }

    [Description("An error of this type in the stream instead of the message's end, such as overloaded_error.")]
    [Text(TextFormat.NotEmpty)]
    public string? ErrorEvent { get; init; }

    [Description("How often this reply is given: a number, or forever. Default 1.")]
    public JsonElement? Repeat { get; init; }

    /// <summary><see cref="Repeat"/> as a count.</summary>
    public int Times =>
        Repeat switch
        {
            null => 1,
            { ValueKind: JsonValueKind.Number } count => count.GetInt32(),
            _ => int.MaxValue,
        };
}

/// <summary>Where a reply falls silent.</summary>
internal enum ScriptStall
{
    BeforeReply,
    InReply,
}

/// <summary>What comes with status 200 in place of a message.</summary>
internal enum ScriptMalformed
{
    Html,
    Garbage,
}

/// <summary>A tool use of a scripted reply.</summary>
internal sealed record ScriptToolUse
{
    [Description("The tool.")]
    [Text(TextFormat.NotEmpty)]
    public required string Name { get; init; }

    [Description("Its input, a mapping. Default: empty.")]
    public JsonElement? Input { get; init; }

    [Description("Its input as raw text, to be malformed with.")]
    public string? InputJson { get; init; }

    [Description("The tool use's id. Default: made of the request's number and the position here.")]
    [Text(TextFormat.NotEmpty)]
    public string? Id { get; init; }
}

/// <summary>Tokens of a scripted reply; what is not given is 0.</summary>
internal sealed record ScriptUsage
{
    [Between(0, 1_000_000_000)]
    public long InputTokens { get; init; }

    [Between(0, 1_000_000_000)]
    public long OutputTokens { get; init; }

    [Between(0, 1_000_000_000)]
    public long CacheCreationInputTokens { get; init; }

    [Between(0, 1_000_000_000)]
    public long CacheReadInputTokens { get; init; }
}
