using System.Security.Cryptography;
using ClawCi.Auth;
using ClawCi.Cli.Arguments;
using ClawCi.Configuration;
using ClawCi.Runs;
using CommandLine;

namespace ClawCi.Cli.Verbs;

/// <summary>Shows where credentials come from, and keeps the token file.</summary>
[Verb("auth")]
internal sealed record AuthVerb : Verb
{
    public const string Help = """
        claw-ci auth status              which credential a run would use for each provider, and how long it lasts
        claw-ci auth refresh             renew the token file's token if it is near its end
        claw-ci auth import FILE         take a token over into the token file; - is standard input
        claw-ci auth login               have a person log in with a browser; the only verb that waits for one

          --provider NAME          anthropic (the default) or openai
          --mcp URL                refresh, import, login: the token of an MCP server, for tasks that say `oauth: true`. Login finds out
                                   where to go and how to be renewed, unless that is said
          --force                  refresh: renew it also when it is not near its end
          --token-endpoint URL     import, login: where the token is renewed
          --client-id ID           import, login: the OAuth client that the token belongs to
          --authorize-url URL      login: where the person goes
          --scope WORDS            login: what is asked for
          --port N                 login: the port of this machine that the browser comes back to; any by default
          --timeout D              login: how long a person is waited for; 5m by default

        The token file is $XDG_CONFIG_HOME/claw-ci/PROVIDER-token.json, or what CLAW_CI_TOKEN_FILE names; of MCP servers one each below
        claw-ci/mcp/.
        """;

    private static readonly string[] Providers = ["anthropic", "openai"];

    [Value(0)]
    public string Action { get; init; } = "";

    [Value(1)]
    public string? File { get; init; }

    [Option("provider")]
    public string Provider { get; init; } = "anthropic";

    [Option("mcp")]
    public string? Mcp { get; init; }

    [Option("force")]
    public bool Force { get; init; }

    [Option("token-endpoint")]
    public string? TokenEndpoint { get; init; }

    [Option("client-id")]
    public string? ClientId { get; init; }

    [Option("authorize-url")]
    public string? AuthorizeUrl { get; init; }

    [Option("scope")]
    public string? Scope { get; init; }

    [Option("port")]
    public string? Port { get; init; }

    [Option("timeout")]
    public string? Timeout { get; init; }

    public override async Task<int> RunAsync(Invocation invocation)
    {
        if (!Providers.Contains(Provider))
            throw Wrong($"--provider {Provider}: anthropic or openai.");
        if (Mcp is not null && Action == "status")
            throw Wrong("status shows the tokens of all MCP servers; leave --mcp out.");
        if (File is not null && Action != "import")
            throw Wrong($"`{File}` is one too many.");
        // Nothing that is secret is ever printed here; the mask guards what other programs say.
        var masker = new Sessions.SecretMasker();
        EnvironmentSecrets.Register(masker, invocation.Environment);
        var sources = new CredentialSources(
            invocation.Environment,
            secret => masker.Add(secret, "credential"),
            invocation.Time
        );
        try
        {
            return Action switch
            {
                "status" => Status(sources, invocation),
                "refresh" => await RefreshAsync(sources, masker, invocation),
                "import" => await ImportAsync(sources, invocation),
                "login" => await LoginAsync(sources, invocation),
                _ => throw Wrong($"`{Action}` is no action: status, refresh, import or login."),
            };
        }
        catch (AuthException failure)
        {
            await invocation.Error.WriteLineAsync($"claw-ci: {VisibleText.Line(masker.Apply(failure.Message).Text)}");
            var finding = Findings.Of(failure);
            return StatusLine.Write(
                invocation.Error,
                finding.Outcome.Name(),
                finding.Reason,
                finding.Outcome.ExitCode(),
                finding.Retryable
            );
        }
    }

    private static int Status(CredentialSources sources, Invocation invocation)
    {
        var found = false;
        foreach (var provider in Providers)
        {
            var source = sources.Find(provider);
            found |= source is not null;
            invocation.Output.WriteLine($"{provider, -10} {source?.Name ?? "none"}");
            if (source is OAuthCredential)
                invocation.Output.WriteLine(
                    $"{"", -10} {Describe(sources.TokenFile(provider).Read(), invocation.Time)}"
                );
        }
        foreach (var file in sources.McpTokenFiles())
        {
            var token = file.Read();
            invocation.Output.WriteLine($"{"mcp", -10} {token.Resource}: {file.Path}");
            invocation.Output.WriteLine($"{"", -10} {Describe(token, invocation.Time)}");
        }
        if (found)
            return 0;
        return StatusLine.Write(
            invocation.Error,
            Outcome.AuthFailed.Name(),
            "model-credentials",
            Outcome.AuthFailed.ExitCode()
        );
    }

    private static string Describe(StoredToken token, TimeProvider time)
    {
        var renewed = token.CanBeRenewed ? $"renewed at {token.TokenEndpoint!.Authority}" : "cannot be renewed";
        return token.ExpiresAt is { } end
                ? $"{(token.IsExpired(time.GetUtcNow()) ? "expired" : "good until")} {end:u}; {renewed}"
            : token.CanBeRenewed ? $"no end is known; {renewed} when it is refused"
            : "no end is known; cannot be renewed";
    }

    private async Task<int> RefreshAsync(CredentialSources sources, Sessions.SecretMasker masker, Invocation invocation)
    {
        var file = FileOf(sources);
        var credential = new OAuthCredential(
            file,
            sources.TokenEndpoint,
            secret => masker.Add(secret, "credential"),
            invocation.Time
        )
        {
            Resource = Server,
        };
        if (Force)
            await credential.RenewAsync(invocation.Interruption.Token);
        else
            await credential.GetAsync(invocation.Interruption.Token);
        return Say(file, invocation);
    }

    private async Task<int> ImportAsync(CredentialSources sources, Invocation invocation)
    {
        if (File is null)
            throw Wrong("Which file? - is standard input.");
        string text;
        try
        {
            text = await System.IO.File.ReadAllTextAsync(StandardInput.Path(File), invocation.Interruption.Token);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(File, e.Message);
        }
        var now = invocation.Time.GetUtcNow();
        var provider = Server is null ? Provider : StoredToken.Mcp;
        var token = TokenImport.Read(text, provider, Address(TokenEndpoint, "token-endpoint"), ClientId, now);
        return await SaveAsync(sources, token with { Resource = Server }, invocation);
    }

    private async Task<int> LoginAsync(CredentialSources sources, Invocation invocation)
    {
        var settings =
            Server is { } server && AuthorizeUrl is null
                ? await new LoginDiscovery(sources.TokenEndpoint).FindAsync(
                    server,
                    ClientId,
                    Scope,
                    ListenTo,
                    invocation.Interruption.Token
                )
                : new LoginSettings(
                    Server is null ? Provider : StoredToken.Mcp,
                    Address(AuthorizeUrl, "authorize-url") ?? throw Wrong("login needs --authorize-url."),
                    Address(TokenEndpoint, "token-endpoint") ?? throw Wrong("login needs --token-endpoint."),
                    ClientId ?? throw Wrong("login needs --client-id."),
                    Scope,
                    ListenTo,
                    Server
                );
        var patience = Duration.Parse(Timeout ?? "5m") ?? throw Wrong($"--timeout {Timeout}: {Duration.Expected}.");
        var login = new Login(settings, sources.TokenEndpoint, RandomNumberGenerator.GetBytes, invocation.Time);
        var token = await login.RunAsync(
            address => invocation.Error.WriteLine($"Open this address in a browser of this machine:\n{address}"),
            patience.Value,
            invocation.Interruption.Token
        );
        return await SaveAsync(sources, token, invocation);
    }

    private async Task<int> SaveAsync(CredentialSources sources, StoredToken token, Invocation invocation)
    {
        var file = FileOf(sources);
        using (await file.LockAsync(invocation.Interruption.Token))
            file.Write(token);
        return Say(file, invocation);
    }

    private static int Say(TokenFile file, Invocation invocation)
    {
        invocation.Output.WriteLine($"{file.Path}\n{Describe(file.Read(), invocation.Time)}");
        return 0;
    }

    private Uri? Server => Address(Mcp, "mcp");

    private int ListenTo =>
        ushort.TryParse(Port ?? "0", out var port) ? port : throw Wrong($"--port {Port}: a port is expected.");

    private TokenFile FileOf(CredentialSources sources) =>
        Server is { } server ? sources.McpTokenFile(server) : sources.TokenFile(Provider);

    private static Uri? Address(string? text, string flag) =>
        text is null ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" ? uri
        : throw Wrong($"--{flag} {text}: an address such as https://auth.example.com/oauth is expected.");

    private static UsageException Wrong(string message) => new(message, "auth");
}
