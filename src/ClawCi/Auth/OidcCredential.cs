namespace ClawCi.Auth;

/// <summary>A token that is had for the identity that the CI system gives the job; nothing is stored anywhere.</summary>
/// <param name="identity">Asks the CI system for an identity token.</param>
internal sealed class OidcCredential(
    string name,
    OidcSettings settings,
    Func<CancellationToken, Task<string>> identity,
    TokenEndpoint endpoint,
    TimeProvider time
) : CachedCredential(time)
{
    public override string Name { get; } = name;

    protected override async Task<(Credential Credential, DateTimeOffset? Until)> FetchAsync(
        CancellationToken cancellationToken
    )
    {
        var token = await identity(cancellationToken);
        var fields = new Dictionary<string, string>(settings.Parameters);
        if (settings.UseAssertion)
        {
            fields["grant_type"] = "urn:ietf:params:oauth:grant-type:jwt-bearer";
            fields["assertion"] = token;
        }
        else
        {
            fields["grant_type"] = "urn:ietf:params:oauth:grant-type:token-exchange";
            fields["subject_token"] = token;
            fields["subject_token_type"] = "urn:ietf:params:oauth:token-type:jwt";
        }
        var now = Time.GetUtcNow();
        var answer = await endpoint.AskAsync(settings.TokenEndpoint, fields, settings.AsJson, cancellationToken);
        // A fifth of its life ahead of its end: it must not end while a request is on its way.
        return (new BearerToken(answer.AccessToken), now + (answer.ExpiresIn * 0.8));
    }
}
