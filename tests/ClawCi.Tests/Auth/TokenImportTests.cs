using ClawCi.Auth;
using Xunit;

namespace ClawCi.Tests.Auth;

public sealed class TokenImportTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("""{"access_token":"a","refresh_token":"r","expires_in":3600,"token_type":"Bearer"}""", "r", "13:00")]
    [InlineData(
        """{"oauth":{"accessToken":"a","refreshToken":"r","expiresAt":1795705200,"scopes":["x"]},"other":1}""",
        "r",
        "15:00"
    )]
    [InlineData("""{"accessToken":"a","expiresAt":1795705200000}""", null, "15:00")]
    [InlineData(
        """{"version":1,"provider":"openai","access_token":"a","expires_at":"2026-11-25T14:00:00Z"}""",
        null,
        "14:00"
    )]
    [InlineData("""{"access_token":"a"}""", null, null)]
    public void Tokens_are_read_as_others_write_them(string json, string? refresh, string? expires)
    {
        var token = TokenImport.Read(json, "anthropic", null, null, Now);
        Assert.Equal(("a", refresh, "anthropic"), (token.AccessToken, token.RefreshToken, token.Provider));
        Assert.Equal(expires, token.ExpiresAt?.ToString("HH:mm"));
    }

    [Theory]
    [InlineData("secret")]
    [InlineData("""{"oauth":"secret"}""")]
    [InlineData("""{"access_token":7}""")]
    [InlineData("""["secret"]""")]
    public void What_holds_no_token_is_said_without_what_it_holds(string json)
    {
        var failure = Assert.Throws<AuthException>(() => TokenImport.Read(json, "anthropic", null, null, Now));
        Assert.DoesNotContain("secret", failure.Message);
    }
}
