namespace ClawCi.Auth;

/// <summary>A credential that is fetched when it is needed and kept for some time.</summary>
#pragma warning disable CA1001 // A semaphore whose handle nobody asks for holds nothing.
internal abstract class CachedCredential(TimeProvider time) : ICredentialSource
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _one = new(1);
    private Credential? _kept;
    private DateTimeOffset? _until;

    public abstract string Name { get; }

    protected TimeProvider Time { get; } = time;

    public async ValueTask<Credential> GetAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            return _kept is { } kept && !(_until <= Time.GetUtcNow()) ? kept : await RenewAsync(cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    public async ValueTask<Credential?> ReplaceAsync(Credential refused, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            // Another task may have replaced it in the meantime.
            var other = _kept is { } kept && kept != refused ? kept : await RenewAsync(cancellationToken);
            return other == refused ? null : other;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <returns>The credential and until when it is kept; null is until it is refused.</returns>
    /// <exception cref="AuthException">There is none to be had.</exception>
    protected abstract Task<(Credential Credential, DateTimeOffset? Until)> FetchAsync(
        CancellationToken cancellationToken
    );

    private async Task<Credential> RenewAsync(CancellationToken cancellationToken)
    {
        (_kept, _until) = await FetchAsync(cancellationToken);
        return _kept;
    }
}
