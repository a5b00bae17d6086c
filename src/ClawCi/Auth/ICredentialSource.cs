namespace ClawCi.Auth;

/// <summary>Where a credential comes from. Safe to use from several tasks at once.</summary>
internal interface ICredentialSource
{
    /// <summary>As people know it: a variable, a file. Never a value.</summary>
    string Name { get; }

    /// <summary>The credential to use now.</summary>
    /// <exception cref="AuthException">There is none to be had.</exception>
    ValueTask<Credential> GetAsync(CancellationToken cancellationToken);

    /// <summary>Another credential than the one that was refused; null when this source has no other.</summary>
    /// <exception cref="AuthException">There is none to be had.</exception>
    ValueTask<Credential?> ReplaceAsync(Credential refused, CancellationToken cancellationToken);
}
