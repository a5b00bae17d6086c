using ClawCi.Configuration;
using ClawCi.Sessions;

namespace ClawCi.Cli;

/// <summary>Variables of the environment that hold secrets, as providers and CI systems name them.</summary>
internal static class EnvironmentSecrets
{
    /// <summary>What the platform gave to the job: GitHub, GitLab, Azure, Bitbucket, Buildkite, Gitea.</summary>
    private static readonly string[] Platform =
    [
        "ACTIONS_RUNTIME_TOKEN",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
        "GITHUB_TOKEN",
        "GH_TOKEN",
        "INPUT_GITHUB_TOKEN",
        "INPUT_TOKEN",
        "CI_JOB_TOKEN",
        "CI_JOB_JWT",
        "CI_JOB_JWT_V2",
        "CI_BUILD_TOKEN",
        "CI_REGISTRY_PASSWORD",
        "CI_DEPLOY_PASSWORD",
        "CI_DEPENDENCY_PROXY_PASSWORD",
        "GITLAB_TOKEN",
        "SYSTEM_ACCESSTOKEN",
        "BITBUCKET_STEP_OIDC_TOKEN",
        "BUILDKITE_AGENT_ACCESS_TOKEN",
        "GITEA_TOKEN",
        "NODE_AUTH_TOKEN",
        "NPM_TOKEN",
        "NUGET_API_KEY",
        "DOCKER_AUTH_CONFIG",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
    ];

    private static readonly string[] TelemetryHeaders =
    [
        "OTEL_EXPORTER_OTLP_HEADERS",
        "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
        "OTEL_EXPORTER_OTLP_METRICS_HEADERS",
    ];

    /// <summary>An address in which there may be a password.</summary>
    private static readonly string[] Proxies = ["HTTP_PROXY", "HTTPS_PROXY"];

    /// <summary>Of variables that are a secret as a whole.</summary>
    public static IEnumerable<string> Names => [.. CredentialVariables.Providers, .. Platform];

    /// <returns>The names of variables that are set and cannot be masked.</returns>
    public static IReadOnlyList<string> Register(SecretMasker masker, CliEnvironment environment)
    {
        AddHeaders(masker, environment);
        return
        [
            .. Add(CredentialVariables.Providers, "credential", masker, environment),
            .. Add(Platform, "platform-token", masker, environment),
            .. environment.Named(Proxies).Where(proxy => !AddPassword(proxy.Value, masker)).Select(proxy => proxy.Name),
        ];
    }

    /// <summary>Headers to a collector, as <c>api-key=…,other=…</c>; what follows a name is a key more often than not.</summary>
    private static void AddHeaders(SecretMasker masker, CliEnvironment environment)
    {
        foreach (var (_, value) in environment.Named(TelemetryHeaders))
        {
            foreach (var header in value.Split(','))
                masker.Add(
                    Uri.UnescapeDataString(header[(header.IndexOf('=', StringComparison.Ordinal) + 1)..]),
                    "credential"
                );
        }
    }

    /// <returns>False when there is one that cannot be masked.</returns>
    private static bool AddPassword(string proxy, SecretMasker masker) =>
        !Uri.TryCreate(proxy, UriKind.Absolute, out var address)
        || address.UserInfo.Split(':', 2) is not [_, { Length: > 0 } password]
        || masker.Add(password, "credential") & masker.Add(Uri.UnescapeDataString(password), "credential");

    private static IEnumerable<string> Add(
        IReadOnlyList<string> names,
        string kind,
        SecretMasker masker,
        CliEnvironment environment
    ) =>
        environment.Named(names).Where(variable => !masker.Add(variable.Value, kind)).Select(variable => variable.Name);
}
