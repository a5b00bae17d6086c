namespace ClawCi.Sandboxes.Egress;

/// <summary>
/// What a package manager of each ecosystem talks to by default, for reading. A bundle is a convenience, never a
/// boundary: each of these hosts stores what anybody uploads.
/// </summary>
internal static class Bundles
{
    public static SortedDictionary<string, string[]> All { get; } =
        new(StringComparer.Ordinal)
        {
            // Default registry of cargo since 1.70 and the place of its downloads: doc.rust-lang.org/cargo/reference/registries.html
            ["cargo"] = ["index.crates.io", "static.crates.io", "crates.io"],
            // deb.debian.org is the CDN of all suites, security.debian.org the old name of debian-security: wiki.debian.org/SourcesList
            ["debian"] = ["deb.debian.org", "security.debian.org", "cdn-fastly.deb.debian.org"],
            // Clones over HTTPS, release files and archives: docs.github.com, meta API and "allowed domains" of self-hosted runners
            ["github"] =
            [
                "github.com",
                "api.github.com",
                "codeload.github.com",
                "raw.githubusercontent.com",
                "objects.githubusercontent.com",
                "release-assets.githubusercontent.com",
            ],
            // GOPROXY and GOSUMDB defaults, and where the former sends for archives: go.dev/ref/mod#environment-variables
            ["go"] = ["proxy.golang.org", "sum.golang.org", "storage.googleapis.com"],
            // Central, both of its names: maven.apache.org/repository/
            ["maven"] = ["repo.maven.apache.org", "repo1.maven.org"],
            // Default registry of npm, yarn and pnpm: docs.npmjs.com/cli/using-npm/config#registry
            ["npm"] = ["registry.npmjs.org", "registry.yarnpkg.com"],
            // The v3 index names the other resources, all on these hosts: api.nuget.org/v3/index.json
            ["nuget"] = ["api.nuget.org", "www.nuget.org", "globalcdn.nuget.org"],
            // Index and files: warehouse.pypa.io/api-reference/
            ["pypi"] = ["pypi.org", "files.pythonhosted.org"],
        };
}
