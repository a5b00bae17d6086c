namespace ClawCi.Auth;

/// <summary>What a token endpoint gave.</summary>
/// <param name="RefreshToken">Null when the one that was used stays good.</param>
internal sealed record TokenAnswer(string AccessToken, string? RefreshToken, TimeSpan? ExpiresIn, string? Scope)
{
    /// <summary>Prints without its values.</summary>
    public override string ToString() => "token answer ***";
}
