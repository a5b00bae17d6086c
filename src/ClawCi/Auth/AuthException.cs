namespace ClawCi.Auth;

/// <summary>A credential cannot be had. The message names the source and never holds a value.</summary>
internal sealed class AuthException(AuthFailure failure, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public AuthFailure Failure { get; } = failure;

    /// <summary>Whether the same may succeed later without anyone's doing.</summary>
    public bool IsTransient => Failure is AuthFailure.TokenEndpoint;
}
