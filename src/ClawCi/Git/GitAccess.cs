using System.Globalization;

namespace ClawCi.Git;

/// <summary>How git reaches one repository and no other: one protocol, no redirects, no user's configuration.</summary>
internal static class GitAccess
{
    /// <param name="credential">Null for a repository that asks for none.</param>
    /// <param name="proxy">Null is none.</param>
    /// <param name="certificates">A file of authorities, instead of the machine's; null is the machine's.</param>
    /// <returns>Environment of git. Settings go this way because everybody can read a command line.</returns>
    public static IReadOnlyDictionary<string, string> Environment(
        RepositoryAddress repository,
        GitCredential? credential,
        Uri? proxy,
        string? certificates
    )
    {
        List<(string Key, string Value)> settings =
        [
            ($"protocol.{repository.Url.Scheme}.allow", "always"),
            ("http.followRedirects", "false"),
            ("credential.helper", ""),
            ("core.protectHFS", "true"),
            ("core.protectNTFS", "true"),
            ("pack.compression", "6"),
        ];
        if (credential is not null)
            settings.Add(($"http.{repository.Origin}/.extraHeader", credential.Header));
        if (proxy is not null)
            settings.Add(("http.proxy", proxy.AbsoluteUri));
        if (certificates is not null)
            settings.Add(("http.sslCAInfo", certificates));
        var environment = new Dictionary<string, string>
        {
            ["GIT_CONFIG_COUNT"] = settings.Count.ToString(CultureInfo.InvariantCulture),
        };
        for (var i = 0; i < settings.Count; i++)
            (environment[$"GIT_CONFIG_KEY_{i}"], environment[$"GIT_CONFIG_VALUE_{i}"]) = settings[i];
        return environment;
    }
}
