using ClawCi.Publishing;

namespace ClawCi.Cli;

/// <summary>What pipelines of GitHub and GitLab tell a publishing step, and the tokens it was given.</summary>
internal static class PublishSurroundings
{
    /// <exception cref="UserErrorException">A variable makes no sense.</exception>
    public static Surroundings Read(CliEnvironment environment)
    {
        environment.RequireCertificateFile();
        var (github, gitlab) = (GitHub(environment), GitLab(environment));
        return new(
            [github, gitlab],
            environment["GITHUB_REPOSITORY"] is { } repository ? $"{Root(github.Server)}/{repository}"
                : environment["CI_PROJECT_PATH"] is { } project ? $"{Root(gitlab.Server)}/{project}.git"
                : null,
            environment["GITHUB_REF_TYPE"] == "branch" && environment["GITHUB_HEAD_REF"] is null
                ? environment["GITHUB_REF_NAME"]
                : environment["CI_COMMIT_BRANCH"],
            environment.ProxyTo,
            environment["SSL_CERT_FILE"]
        );
    }

    private static Platform GitHub(CliEnvironment environment)
    {
        const string Home = "https://github.com";
        var server = Address(environment, "GITHUB_SERVER_URL", Home);
        var api = Root(server) == Home ? "https://api.github.com" : $"{Root(server)}/api/v3";
        return new(
            PlatformKind.GitHub,
            server,
            Address(environment, "GITHUB_API_URL", api),
            environment["GITHUB_TOKEN"] ?? environment["GH_TOKEN"]
        );
    }

    private static Platform GitLab(CliEnvironment environment)
    {
        var server = Address(environment, "CI_SERVER_URL", "https://gitlab.com");
        return new(
            PlatformKind.GitLab,
            server,
            Address(environment, "CI_API_V4_URL", $"{Root(server)}/api/v4"),
            environment["GITLAB_TOKEN"],
            environment["CI_JOB_TOKEN"]
        );
    }

    private static Uri Address(CliEnvironment environment, string name, string otherwise) =>
        environment.Address(name, otherwise, "https", "http") ?? new Uri(otherwise);

    private static string Root(Uri server) => server.AbsoluteUri.TrimEnd('/');
}
