namespace ClawCi.Telemetry;

/// <summary>A model as tasks name it, <c>anthropic/claude-sonnet-4-5</c>, in the parts that OpenTelemetry asks for.</summary>
internal readonly record struct ModelName(string Name)
{
    /// <summary>A well-known value where there is one.</summary>
    public string Provider =>
        Name.Split('/')[0] switch
        {
            "openai-chat" => "openai",
            var provider => provider,
        };

    /// <summary>A script and a recording are files: their paths are nobody's business.</summary>
    public string Id =>
        Provider is "scripted" or "replay" ? Provider : Name[(Name.IndexOf('/', StringComparison.Ordinal) + 1)..];
}
