namespace ClawCi.Models;

/// <summary><c>provider/name</c>. For <c>scripted</c> and <c>replay</c> the name is the absolute path of script or recording.</summary>
internal sealed record ModelName(string Provider, string Name)
{
    public const string Scripted = "scripted";
    public const string Replay = "replay";

    private static readonly (string Provider, ModelApi Api)[] Apis =
    [
        ("anthropic", ModelApi.Messages),
        ("openai", ModelApi.Responses),
        ("openai-chat", ModelApi.ChatCompletions),
    ];

    /// <summary>The providers that a task may name, in the order shown to users.</summary>
    public static IReadOnlyList<string> Providers { get; } = [.. Apis.Select(api => api.Provider), Scripted, Replay];

    /// <summary>Text of the form <c>provider/name</c> whose provider speaks an API; null for any other, scripts included.</summary>
    public static ModelName? Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var name = slash < 0 ? null : new ModelName(text[..slash], text[(slash + 1)..].Trim());
        return name is { Name.Length: > 0, Api: not null } ? name : null;
    }

    /// <summary>How the provider is spoken to; null for a script.</summary>
    public ModelApi? Api
    {
        get
        {
            foreach (var (provider, api) in Apis)
            {
                if (provider == Provider)
                    return api;
            }
            return null;
        }
    }

    public override string ToString() => $"{Provider}/{Name}";
}
