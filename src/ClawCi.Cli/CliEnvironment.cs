using ClawCi.Models;
using ClawCi.Runs;
using ClawCi.Runs.Planning;
using ClawCi.Runs.Trust;
using ClawCi.Sandboxes.Docker;
using Microsoft.Extensions.Configuration;

namespace ClawCi.Cli;

/// <summary>The environment, and the one place that reads it. A variable that is empty counts as not set.</summary>
internal sealed class CliEnvironment(IConfiguration variables)
{
    public EnvironmentValues Controls =>
        new()
        {
            PermissionMode = this["CLAW_CI_PERMISSION_MODE"],
            Sandbox = this["CLAW_CI_SANDBOX"],
            SearchPath = this["PATH"],
            AutoCompactTokens = this["CLAW_CI_AUTO_COMPACT_TOKENS"],
            McpTimeout = this["CLAW_CI_MCP_TIMEOUT"],
            Home = this["HOME"],
        };

    /// <summary>Whether this is the published image, whose user can be told what docker run lacks.</summary>
    public bool IsImage => this["CLAW_CI_IMAGE"] == "true";

    /// <summary>Read as Docker's own client reads them.</summary>
    public DockerVariables Docker =>
        new(
            this["DOCKER_HOST"],
            this["DOCKER_TLS"],
            this["DOCKER_TLS_VERIFY"],
            this["DOCKER_CERT_PATH"],
            this["DOCKER_CONTEXT"],
            this["DOCKER_CONFIG"] ?? Path.Combine(this["HOME"] ?? "/root", ".docker"),
            this["DOCKER_AUTH_CONFIG"],
            ForHelpers()
        );

    /// <summary>See https://no-color.org.</summary>
    public bool NoColor => this["NO_COLOR"] is not null;

    /// <summary>What stderr's terminal can do; null when nobody says.</summary>
    public string? Terminal => this["TERM"];

    /// <summary>Whether nobody looks on: every CI system sets it.</summary>
    public bool IsCI => this["CI"] is not (null or "false" or "0");

    public bool IsGitHubActions => this["GITHUB_ACTIONS"] == "true";

    /// <summary>What the job is about, when that is a pull request.</summary>
    public PullRequest? PullRequest => PullRequestEvent.Read(name => this[name]);

    /// <summary>The checkout of a GitHub Actions step.</summary>
    public string? GitHubWorkspace => this["GITHUB_WORKSPACE"];

    /// <summary>Where a step writes its outputs, one file; null outside GitHub Actions.</summary>
    public string? GitHubOutput => this["GITHUB_OUTPUT"];

    /// <summary>Where a step writes its summary, one file; null outside GitHub Actions.</summary>
    public string? GitHubStepSummary => this["GITHUB_STEP_SUMMARY"];

    /// <summary>The variable of each name, by the name, as far as they are set.</summary>
    public IEnumerable<(string Name, string Value)> Named(IEnumerable<string> names) =>
        names.Select(name => (name, this[name])).Where(pair => pair.Item2 is not null)!;

    public Uri AnthropicBaseUrl =>
        Address("ANTHROPIC_BASE_URL", "https://api.example.com", "http", "https") ?? ModelEndpoint.Anthropic;

    /// <summary>Where the user's own settings are: https://specifications.freedesktop.org/basedir-spec.</summary>
    public string ConfigDirectory =>
        Path.Combine(this["XDG_CONFIG_HOME"] ?? Path.Combine(this["HOME"] ?? "/root", ".config"), "claw-ci");

    public Uri OpenAiBaseUrl =>
        Address("OPENAI_BASE_URL", "http://localhost:8000/v1", "http", "https") ?? ModelEndpoint.OpenAi;

    /// <summary>Names of features that the Messages API is asked for, separated by commas.</summary>
    public IReadOnlyList<string> AnthropicBetas =>
        [
            .. (this["ANTHROPIC_BETAS"] ?? "")
                .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(beta =>
                    beta.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_')
                        ? beta
                        : throw new UserErrorException(
                            "environment",
                            "ANTHROPIC_BETAS is not a list such as context-1m-2025-08-07,files-api-2025-04-14."
                        )
                ),
        ];

    /// <summary>
    /// The platform reads SSL_CERT_FILE itself and passes over a file that is not there: the mistake would show as a
    /// certificate of a stranger.
    /// </summary>
    /// <exception cref="UserErrorException">It is not there.</exception>
    public void RequireCertificateFile()
    {
        if (this["SSL_CERT_FILE"] is { } file && !File.Exists(file))
            throw new UserErrorException("environment", $"SSL_CERT_FILE names no file: {file}.");
    }

    /// <summary>Models of one's own, a file.</summary>
    public string? ModelsFile => this["CLAW_CI_MODELS"];

    /// <summary>An input of the GitHub action, by its name in action.yml.</summary>
    public string? ActionInput(string name) => this[$"INPUT_{name.ToUpperInvariant()}"];

    /// <summary>A variable as it is, for what was told to take it; null when it is not set.</summary>
    public static string? Exact(string name) => Environment.GetEnvironmentVariable(name);

    /// <summary>The value of a secret that the command line names.</summary>
    public string? Secret(string name) => this[name];

    /// <summary>The trimmed value: keys pasted into a CI system's form often end in a line break.</summary>
    public string? this[string name] => variables[name]?.Trim() is { Length: > 0 } value ? value : null;

    public static CliEnvironment Read() => new(new ConfigurationBuilder().AddEnvironmentVariables().Build());

    /// <summary>The proxy on the way to an address; null when there is none, or NO_PROXY names the host.</summary>
    public Uri? ProxyTo(Uri address) =>
        address.IsLoopback || IsExempt(address.IdnHost)
            ? null
            : Address(
                address.Scheme == "http" ? "HTTP_PROXY" : "HTTPS_PROXY",
                "http://proxy.example.com:3128",
                "http",
                "https"
            );

    /// <summary>Everything but the model's keys, under the names that the configuration changes.</summary>
    private static Dictionary<string, string> ForHelpers() =>
        System
            .Environment.GetEnvironmentVariables()
            .Cast<System.Collections.DictionaryEntry>()
            .Where(entry => !CredentialSources.Secrets.Contains((string)entry.Key))
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");

    private bool IsExempt(string host) =>
        (this["NO_PROXY"] ?? "")
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(entry => entry.TrimStart('*').TrimStart('.'))
            .Any(domain =>
                domain.Length == 0
                || host.Equals(domain, StringComparison.OrdinalIgnoreCase)
                || host.EndsWith($".{domain}", StringComparison.OrdinalIgnoreCase)
            );

    /// <summary>The address that a variable holds; null when it is not set.</summary>
    public Uri? Address(string name, string example, params ReadOnlySpan<string> schemes) =>
        this[name] is not { } value ? null
        : Uri.TryCreate(value, UriKind.Absolute, out var address) && schemes.Contains(address.Scheme) ? address
        : throw new UserErrorException("environment", $"{name} is not an address such as {example}.");
}
