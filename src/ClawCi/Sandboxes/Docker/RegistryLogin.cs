namespace ClawCi.Sandboxes.Docker;

/// <summary>How a registry knows us: a password, a token that is exchanged for one, or a token that is sent as it is.</summary>
internal sealed record RegistryLogin(string? User, string? Password, string? IdentityToken, string? RegistryToken)
{
    public IEnumerable<string> Secrets =>
        new[] { Password, IdentityToken, RegistryToken }.OfType<string>().Where(secret => secret.Length > 0);

    /// <summary>Not what it holds.</summary>
    public override string ToString() => "registry login";
}
