namespace ClawCi.Models;

/// <summary>What proves to a provider who asks. Prints without its value.</summary>
internal abstract record Credential(string Value)
{
    public sealed override string ToString() => $"{GetType().Name} ***";
}

/// <summary>Sent as <c>x-api-key</c>.</summary>
internal sealed record ApiKey(string Value) : Credential(Value);

/// <summary>Sent as <c>authorization: Bearer</c>.</summary>
internal sealed record BearerToken(string Value) : Credential(Value);
