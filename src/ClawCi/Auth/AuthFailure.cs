namespace ClawCi.Auth;

/// <summary>Why a credential cannot be had.</summary>
internal enum AuthFailure
{
    /// <summary>A token is past its time and nothing is there to renew it with.</summary>
    TokenExpired,

    /// <summary>The token endpoint does not renew it any more: revoked, used up, or of another client.</summary>
    TokenRevoked,

    /// <summary>The token file can be read by others.</summary>
    TokenFileOpen,

    /// <summary>A token file that cannot be read, or is none.</summary>
    TokenFileInvalid,

    /// <summary>The key command failed, took too long or printed no key.</summary>
    KeyCommand,

    /// <summary>A token endpoint refused for another reason.</summary>
    TokenRefused,

    /// <summary>A token endpoint did not answer, or not as one.</summary>
    TokenEndpoint,

    /// <summary>A login was not finished.</summary>
    Login,
}
