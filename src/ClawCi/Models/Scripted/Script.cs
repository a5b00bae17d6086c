using System.ComponentModel;
using System.Text.Json.Serialization;
using ClawCi.Configuration;

namespace ClawCi.Models.Scripted;

/// <summary>What a model says, written down beforehand. docs/formats/script.md is its published form.</summary>
internal sealed record Script
{
    [Description("Version of this format: 1.")]
    [Between(1, 1)]
    public required int Version { get; init; }

    [Description(
        "The model that is played, such as claude-sonnet-4-5 or openai/gpt-5: its price and limits, its provider's bytes. Without it Anthropic's, and the price is unknown."
    )]
    [Text(TextFormat.NotEmpty)]
    public string? Model { get; init; }

    [Description("The answers, in order: one for each request that is made, repeated ones included.")]
    public required IReadOnlyList<ScriptReply> Replies { get; init; }

    /// <summary>The model that is played. Without a provider it is Anthropic's.</summary>
    internal ModelName Played => NameOf(Model ?? "unknown");

    /// <summary>In whose bytes the replies come.</summary>
    internal ModelApi Api => Played.Api!.Value;

    /// <summary>Price and limits of <see cref="Model"/>.</summary>
    internal ModelFacts Facts => BuiltInModels.Find(Api, Played.Name);

    public static ModelName NameOf(string model) => ModelName.Parse(model) ?? new ModelName("anthropic", model);

    /// <summary>Which replies are a conversation's: the <c>for-prompt</c> that its first message holds; null for those without one.</summary>
    public string? PartFor(string firstMessage) =>
        Replies
            .Select(reply => reply.ForPrompt)
            .OfType<string>()
            .FirstOrDefault(text => firstMessage.Contains(text, StringComparison.Ordinal));

    /// <summary>The reply to the n-th request and its position in the file, both from 1; null when the script is used up.</summary>
    /// <param name="part">As <see cref="PartFor"/> says; requests are counted for each.</param>
    public (int Position, ScriptReply Reply)? ReplyTo(string? part, int request)
    {
        long reach = 0;
        for (var i = 0; i < Replies.Count; i++)
        {
            reach += Replies[i].ForPrompt == part ? Replies[i].Times : 0;
            if (request <= reach)
                return (i + 1, Replies[i]);
        }
        return null;
    }
}

/// <summary>How a script is spelled.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower,
    Converters = [typeof(KebabCaseEnumConverter<ScriptStall>), typeof(KebabCaseEnumConverter<ScriptMalformed>)]
)]
[JsonSerializable(typeof(Script))]
internal sealed partial class ScriptJson : JsonSerializerContext;
