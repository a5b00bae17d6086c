using ClawCi.Git;
using ClawCi.Runs;

namespace ClawCi.Publishing;

/// <summary>What a repository lives on.</summary>
internal enum PlatformKind
{
    /// <summary>Branches, and nobody to ask for a review.</summary>
    Git,
    GitHub,
    GitLab,
}

/// <summary>A platform as this machine knows it. A token goes to its own hosts only.</summary>
/// <param name="Server">Where repositories and pages are.</param>
/// <param name="Api">Where its REST API is.</param>
/// <param name="Token">Null when there is none.</param>
/// <param name="PushOnlyToken">One with which git may push and the API will not talk.</param>
internal sealed record Platform(PlatformKind Kind, Uri Server, Uri Api, string? Token, string? PushOnlyToken = null)
{
    public GitCredential? Credential =>
        Kind switch
        {
            PlatformKind.GitHub when Token is not null => new("x-access-token", Token),
            PlatformKind.GitLab when Token is not null => new("oauth2", Token),
            PlatformKind.GitLab when PushOnlyToken is not null => new("gitlab-ci-token", PushOnlyToken),
            _ => null,
        };

    public static Platform PlainGit { get; } = new(PlatformKind.Git, new Uri("file:///"), new Uri("file:///"), null);

    /// <summary>The one that the address is on; plain git when it is none that is known.</summary>
    public static Platform Of(RepositoryAddress address, IReadOnlyList<Platform> known) =>
        known.FirstOrDefault(platform =>
            address.Origin.Equals(platform.Server.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase)
        ) ?? PlainGit;

    /// <summary>Who opens and changes requests for review there; null for plain git.</summary>
    /// <exception cref="PublishException">There is no token for it.</exception>
    public IForge? Forge(RepositoryAddress address, Func<Uri, Uri?> proxyTo) =>
        Kind switch
        {
            PlatformKind.GitHub => new GitHubForge(Client("GITHUB_TOKEN or GH_TOKEN", proxyTo), ProjectOf(address)),
            PlatformKind.GitLab => new GitLabForge(Client("GITLAB_TOKEN", proxyTo), ProjectOf(address)),
            _ => null,
        };

    /// <summary>A GitLab may live below a path of its host.</summary>
    private string ProjectOf(RepositoryAddress address)
    {
        var root = Server.AbsolutePath.Trim('/');
        return root.Length > 0 && address.Project.StartsWith($"{root}/", StringComparison.Ordinal)
            ? address.Project[(root.Length + 1)..]
            : address.Project;
    }

    private ForgeClient Client(string variables, Func<Uri, Uri?> proxyTo) =>
        Token is not null
            ? new ForgeClient(Api, Token, proxyTo(Api))
            : throw new PublishException(
                Outcome.AuthFailed,
                "no-token",
                $"{variables} is missing, without which nothing can be opened at {Server.Authority}."
                    + (PushOnlyToken is null ? "" : " CI_JOB_TOKEN can push and not open merge requests.")
                    + " Set it for this step, or publish branches only with --request none."
            );
}
