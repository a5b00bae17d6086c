namespace ClawCi.Auth;

/// <summary>
/// The access token of a token file, renewed ahead of its end. However many processes share the file, one of them renews it;
/// the others take what that one wrote.
/// </summary>
internal sealed class OAuthCredential(TokenFile file, TokenEndpoint endpoint, Action<string> mask, TimeProvider time)
    : ICredentialSource
{
    private StoredToken? _token;

    public string Name { get; } = $"the token file {file.Path}";

    /// <summary>The address that the token must be for; null is a provider's API.</summary>
    public Uri? Resource { get; init; }

    public async ValueTask<Credential> GetAsync(CancellationToken cancellationToken)
    {
        var token = _token ??= Read();
        return new BearerToken(
            token.IsDue(time.GetUtcNow())
                ? (await RenewAsync(token, isGood: !token.IsExpired(time.GetUtcNow()), cancellationToken)).AccessToken
                : token.AccessToken
        );
    }

    public async ValueTask<Credential?> ReplaceAsync(Credential refused, CancellationToken cancellationToken)
    {
        var token = _token ??= Read();
        if (token.AccessToken != refused.Value)
            return new BearerToken(token.AccessToken);
        return new BearerToken((await RenewAsync(token, isGood: false, cancellationToken)).AccessToken);
    }

    /// <summary>Renews the token of the file now.</summary>
    public Task<StoredToken> RenewAsync(CancellationToken cancellationToken) =>
        RenewAsync(Read(), isGood: false, cancellationToken);

    /// <param name="old">The token that is to be replaced: whoever finds another one in the file need not renew it.</param>
    /// <param name="isGood">Whether the old one can be used a little longer, should another be renewing it, or nobody be able to.</param>
    private async Task<StoredToken> RenewAsync(StoredToken old, bool isGood, CancellationToken cancellationToken)
    {
        if (Settled(Read(), old, isGood) is { } settled)
            return _token = settled;
        using var held = isGood ? LockNow() : await file.LockAsync(cancellationToken);
        if (held is null)
            return old;
        var token = Read();
        return _token = Settled(token, old, isGood) ?? await AskAsync(token, isGood, cancellationToken);
    }

    /// <summary>What is used without asking: what another has put into the file, or what cannot be renewed. Null when there is to be asked.</summary>
    private StoredToken? Settled(StoredToken token, StoredToken old, bool isGood)
    {
        if (token.AccessToken != old.AccessToken && !token.IsExpired(time.GetUtcNow()))
            return token;
        if (token.CanBeRenewed)
            return null;
        return isGood ? old : throw Ended(token);
    }

    /// <summary>Null when it cannot be had now: on a read-only mount, it never can.</summary>
    private IDisposable? LockNow()
    {
        try
        {
            return file.TryLock();
        }
        catch (AuthException)
        {
            return null;
        }
    }

    private async Task<StoredToken> AskAsync(StoredToken token, bool isGood, CancellationToken cancellationToken)
    {
        var fields = new Dictionary<string, string>
        {
            ["grant_type"] = "refresh_token",
            ["refresh_token"] = token.RefreshToken!,
            ["client_id"] = token.ClientId!,
        };
        if (token.Resource is { } resource)
            fields["resource"] = resource.OriginalString;
        var now = time.GetUtcNow();
        TokenAnswer answer;
        try
        {
            answer = await endpoint.AskAsync(token.TokenEndpoint!, fields, asJson: false, cancellationToken);
        }
        catch (AuthException e) when (isGood && e.IsTransient)
        {
            return token;
        }
        catch (AuthException e) when (e.Failure is AuthFailure.TokenRevoked)
        {
            throw new AuthException(
                e.Failure,
                $"The token of {file.Path} was revoked or has been renewed elsewhere. {e.Message} {GetAnother}",
                e
            );
        }
        var renewed = token with
        {
            AccessToken = answer.AccessToken,
            RefreshToken = answer.RefreshToken ?? token.RefreshToken,
            ObtainedAt = now,
            ExpiresAt = now + answer.ExpiresIn,
            Scope = answer.Scope ?? token.Scope,
        };
        file.Write(renewed);
        return renewed;
    }

    private string GetAnother =>
        Resource is null
            ? "Get another with `claw-ci auth login` or `auth import`."
            : $"Get another with `claw-ci auth login --mcp {Resource}`.";

    private StoredToken Read()
    {
        if (Resource is not null && !file.Exists)
            throw new AuthException(
                AuthFailure.TokenFileInvalid,
                $"There is no token for {Resource} here. Get one with `claw-ci auth login --mcp {Resource}`, or bring one with `auth import --mcp`."
            );
        var token = file.Read();
        if (token.Resource != Resource)
            throw new AuthException(
                AuthFailure.TokenFileInvalid,
                $"The token of {file.Path} is for {token.Resource?.ToString() ?? token.Provider}, so {Resource?.ToString() ?? "a provider"} does not get it. {GetAnother}"
            );
        mask(token.AccessToken);
        if (token.RefreshToken is { } refresh)
            mask(refresh);
        return token;
    }

    private AuthException Ended(StoredToken token) =>
        new(
            AuthFailure.TokenExpired,
            $"The token of {file.Path} {(token.IsExpired(time.GetUtcNow()) ? $"expired at {token.ExpiresAt:u}" : "was refused")}, and the file has no "
                + $"{(token.RefreshToken is null ? "refresh_token" : "token_endpoint and client_id")} to renew it with. "
                + GetAnother
        );
}
