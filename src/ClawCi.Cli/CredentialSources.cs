using System.Security.Cryptography;
using System.Text;
using ClawCi.Auth;

namespace ClawCi.Cli;

/// <summary>Finds where a provider's credential comes from: the first that is set, in the order of the guide.</summary>
/// <param name="mask">Told of each secret before it is used.</param>
internal sealed class CredentialSources(CliEnvironment environment, Action<string> mask, TimeProvider time)
{
    private const string Command = "CLAW_CI_API_KEY_COMMAND";
    private const string Oidc = "CLAW_CI_OIDC_TOKEN_ENDPOINT";

    /// <summary>Variables that no process of ours inherits.</summary>
    public static IReadOnlyList<string> Secrets { get; } =
    ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "OPENAI_API_KEY"];

    public TokenEndpoint TokenEndpoint { get; } = new(environment.ProxyTo, mask, time);

    /// <summary>Null when there is none.</summary>
    /// <param name="provider"><c>anthropic</c> or <c>openai</c>.</param>
    public ICredentialSource? Find(string provider) => All(provider).FirstOrDefault();

    /// <summary>The token file that a provider's token is in, there or not.</summary>
    public TokenFile TokenFile(string provider) =>
        new(
            environment["CLAW_CI_TOKEN_FILE"] is { } path
                ? Path.GetFullPath(path)
                : Path.Combine(environment.ConfigDirectory, $"{provider}-token.json"),
            time
        );

    /// <summary>The token of an MCP server, which nobody else gets.</summary>
    /// <param name="url">As tasks have it.</param>
    public ICredentialSource Mcp(Uri url) =>
        new OAuthCredential(McpTokenFile(url), TokenEndpoint, mask, time) { Resource = url };

    /// <summary>The token file of an MCP server, there or not.</summary>
    public TokenFile McpTokenFile(Uri url)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url.AbsoluteUri)));
        return new(Path.Combine(McpDirectory, $"{url.IdnHost.Replace(':', '-')}-{hash[..12]}.json"), time);
    }

    /// <summary>The token files of MCP servers that are there.</summary>
    public IEnumerable<TokenFile> McpTokenFiles() =>
        Directory.Exists(McpDirectory)
            ? Directory
                .EnumerateFiles(McpDirectory, "*.json")
                .Order(StringComparer.Ordinal)
                .Select(path => new TokenFile(path, time))
            : [];

    private string McpDirectory => Path.Combine(environment.ConfigDirectory, "mcp");

    private IEnumerable<ICredentialSource> All(string provider)
    {
        var variable = provider == "anthropic" ? "ANTHROPIC_API_KEY" : "OPENAI_API_KEY";
        if (environment[variable] is { } given)
            yield return Masked(new ApiKey(given, variable));
        if (provider == "anthropic" && environment["ANTHROPIC_AUTH_TOKEN"] is { } token)
            yield return Masked(new BearerToken(token, "ANTHROPIC_AUTH_TOKEN"));
        if (environment[Command] is { } command)
            yield return new KeyCommand(Command, command, ChildEnvironment(provider), mask, time);
        if (TokenFileOf(provider) is { } file)
            yield return new OAuthCredential(file, TokenEndpoint, mask, time);
        if (environment.Address(Oidc, "https://auth.example.com/oauth/token", "https", "http") is { } address)
            yield return OidcSource(address);
    }

    private Credential Masked(Credential credential)
    {
        mask(credential.Value);
        return credential;
    }

    /// <summary>A file that was named may be another provider's; one that cannot be read is for its own to complain of.</summary>
    private TokenFile? TokenFileOf(string provider)
    {
        var file = TokenFile(provider);
        if (!file.Exists)
            return environment["CLAW_CI_TOKEN_FILE"] is null
                ? null
                : throw new UserErrorException(
                    "environment",
                    $"CLAW_CI_TOKEN_FILE names {file.Path}, which is not there."
                );
        if (environment["CLAW_CI_TOKEN_FILE"] is null)
            return file;
        try
        {
            return file.Read().Provider == provider ? file : null;
        }
        catch (AuthException)
        {
            return file;
        }
    }

    private static Dictionary<string, string> ChildEnvironment(string provider)
    {
        var variables = new Dictionary<string, string> { ["CLAW_CI_PROVIDER"] = provider };
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (variable is { Key: string name, Value: string value } && !Secrets.Contains(name))
                variables[name] = value;
        }
        return variables;
    }

    private OidcCredential OidcSource(Uri endpoint)
    {
        var settings = new OidcSettings(
            endpoint,
            environment["CLAW_CI_OIDC_AUDIENCE"],
            UseAssertion: Word("CLAW_CI_OIDC_GRANT", "token-exchange", "jwt-bearer") == "jwt-bearer",
            AsJson: Word("CLAW_CI_OIDC_FORMAT", "form", "json") == "json",
            Parameters("CLAW_CI_OIDC_PARAMETERS")
        );
        return new OidcCredential("the job's OIDC identity", settings, Identity(settings), TokenEndpoint, time);
    }

    private Func<CancellationToken, Task<string>> Identity(OidcSettings settings)
    {
        if (environment["CLAW_CI_OIDC_TOKEN"] is { } token)
        {
            mask(token);
            return _ => Task.FromResult(token);
        }
        var address = environment.Address("ACTIONS_ID_TOKEN_REQUEST_URL", "https://example.com/", "https", "http");
        if (address is null || environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] is not { } jobToken)
            throw new UserErrorException(
                "environment",
                $"{Oidc} is set, but the job has no identity: on GitHub it needs `permissions: id-token: write`; elsewhere set CLAW_CI_OIDC_TOKEN."
            );
        mask(jobToken);
        var audience = settings.Audience is { } to ? $"audience={Uri.EscapeDataString(to)}" : "";
        var query = string.Join('&', new[] { address.Query.TrimStart('?'), audience }.Where(part => part.Length > 0));
        var asked = new UriBuilder(address) { Query = query }.Uri;
        return cancellationToken => TokenEndpoint.AskIdentityAsync(asked, jobToken, cancellationToken);
    }

    private string Word(string variable, params ReadOnlySpan<string> words)
    {
        var word = environment[variable] ?? words[0];
        return words.Contains(word)
            ? word
            : throw new UserErrorException("environment", $"{variable} is {string.Join(" or ", words.ToArray())}.");
    }

    private Dictionary<string, string> Parameters(string variable)
    {
        var parameters = new Dictionary<string, string>();
        foreach (var pair in (environment[variable] ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (pair.Split('=', 2) is not [{ Length: > 0 } name, var value])
                throw new UserErrorException("environment", $"{variable} is name=value, several parted by blanks.");
            parameters[name] = value;
        }
        return parameters;
    }
}
