using System.Text;
using ClawCi.Publishing;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Publishing;

public sealed class ForgeClientTests
{
    [Fact]
    public async Task An_answer_is_read_whatever_charset_it_names_through_a_proxy_that_asks_for_a_password()
    {
        await using var proxy = new ChaosServer(
            ChaosAnswers.Respond(407, "", headers: "proxy-authenticate: Basic realm=\"p\"\r\n"),
            ChaosAnswers.Respond(401, """{"message":"Bad credentials"}""", "application/json; charset=windows-1252")
        );
        var named = new UriBuilder(proxy.Url) { UserName = "ci", Password = "p%40ss" }.Uri;
        using var client = new ForgeClient(new Uri("http://127.0.0.1:1"), "token", named);

        var refused = await Assert.ThrowsAsync<PublishException>(() =>
            client.SendAsync(
                HttpMethod.Get,
                "/pulls",
                null,
                GitHubJson.Default.Pull,
                TestContext.Current.CancellationToken
            )
        );

        Assert.Contains("Bad credentials", refused.Message, StringComparison.Ordinal);
        Assert.Equal(
            $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("ci:p@ss"))}",
            proxy.Requests[1].Headers["proxy-authorization"]
        );
    }
}
