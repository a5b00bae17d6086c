using ClawCi.Auth;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Auth;

/// <summary>What an MCP server and its authorization server say of how one logs in.</summary>
public sealed class LoginDiscoveryTests
{
    private const string Elsewhere = "https://elsewhere.example";

    [Fact]
    public async Task A_server_leads_to_where_one_logs_in_and_a_client_is_registered_there()
    {
        await using var server = Server();
        var mcp = new Uri(server.Url, "/mcp");
        var settings = await FindAsync(server);
        Assert.Equal(
            (new Uri(server.Url, "/authorize"), new Uri(server.Url, "/token"), "registered", "read write"),
            (settings.AuthorizeUrl, settings.TokenEndpoint, settings.ClientId, settings.Scope)
        );
        Assert.Equal((StoredToken.Mcp, mcp), (settings.Provider, settings.Resource));
        var registered = server.Requests.Single(request => request.Path == "/register").Body;
        Assert.Contains($"http://127.0.0.1:{settings.Port}/callback", registered, StringComparison.Ordinal);
        Assert.All(server.Requests, request => Assert.DoesNotContain("authorization", request.Headers.Keys));
    }

    [Theory]
    [InlineData(
        "\"resource\":\"SELF/mcp\"",
        "\"resource\":\"" + Elsewhere + "/mcp\"",
        "speaks of https://elsewhere.example/mcp, not of"
    )]
    [InlineData("\"S256\"", "\"plain\"", "S256 in `code_challenge_methods_supported`")]
    [InlineData("\"issuer\":\"SELF/\"", "\"issuer\":\"" + Elsewhere + "\"", "is not of the issuer")]
    [InlineData("\"registration_endpoint\"", "\"another\"", "name it with --client-id")]
    [InlineData("\"authorization_servers\":[\"SELF/\"]", "\"a\":1", "names no authorization server")]
    [InlineData("\"token_endpoint\":\"SELF/token\"", "\"a\":1", "has no token_endpoint")]
    [InlineData(
        "\"authorization_endpoint\":\"SELF/",
        "\"authorization_endpoint\":\"http://plain.example/",
        "over https only"
    )]
    public async Task What_does_not_fit_together_ends_it(string said, string instead, string error)
    {
        await using var server = Server(text => text.Replace(said, instead, StringComparison.Ordinal));
        var failure = await Assert.ThrowsAsync<AuthException>(() => FindAsync(server));
        Assert.Contains(error, failure.Message, StringComparison.Ordinal);
    }

    private static Task<LoginSettings> FindAsync(ChaosServer server) =>
        new LoginDiscovery(new TokenEndpoint(_ => null, _ => { }, TimeProvider.System)).FindAsync(
            new Uri(server.Url, "/mcp"),
            clientId: null,
            scope: null,
            port: 0,
            TestContext.Current.CancellationToken
        );

    private static ChaosServer Server(Func<string, string>? change = null)
    {
        ChaosServer? server = null;
        return server = new ChaosServer(
            (_, request) =>
            {
                var text = request.Path switch
                {
                    "/metadata" =>
                        """{"resource":"SELF/mcp","authorization_servers":["SELF/"],"scopes_supported":["read","write"]}""",
                    "/.well-known/oauth-authorization-server" => """
                        {"issuer":"SELF/","authorization_endpoint":"SELF/authorize","token_endpoint":"SELF/token",
                        "registration_endpoint":"SELF/register","code_challenge_methods_supported":["S256"]}
                        """,
                    "/register" => """{"client_id":"registered"}""",
                    _ => null,
                };
                var self = server!.Url.ToString().TrimEnd('/');
                return text is null
                    ? ChaosAnswers.Respond(
                        request.Path == "/mcp" ? 401 : 404,
                        "{}",
                        headers: $"www-authenticate: Bearer realm=\"x\", resource_metadata=\"{self}/metadata\"\r\n"
                    )
                    : ChaosAnswers.Respond(
                        200,
                        (change ?? (same => same))(text).Replace("SELF", self, StringComparison.Ordinal)
                    );
            }
        );
    }
}
