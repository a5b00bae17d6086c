namespace ClawCi.Auth;

/// <summary>What proves to a provider who asks. Prints without its value. One that was given is its own source, and never changes.</summary>
/// <param name="Name">Where it came from.</param>
internal abstract record Credential(string Value, string Name) : ICredentialSource
{
    public ValueTask<Credential> GetAsync(CancellationToken cancellationToken) => ValueTask.FromResult(this);

    public ValueTask<Credential?> ReplaceAsync(Credential refused, CancellationToken cancellationToken) =>
        ValueTask.FromResult<Credential?>(null);

    public sealed override string ToString() => $"{GetType().Name} ***";
}

/// <summary>Sent as <c>x-api-key</c>.</summary>
internal sealed record ApiKey(string Value, string Name = "an API key") : Credential(Value, Name);

/// <summary>Sent as <c>authorization: Bearer</c>.</summary>
internal sealed record BearerToken(string Value, string Name = "a token") : Credential(Value, Name);
