using ClawCi.Sandboxes.Docker;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Sandboxes;

public sealed class RegistryLoginsTests
{
    private const string Hub = "https://index.docker.io/v1/";

    [Theory]
    [InlineData("debian", Hub)]
    [InlineData("me/app:1", Hub)]
    [InlineData("docker.io/me/app", Hub)]
    [InlineData("ghcr.io/me/app:1", "ghcr.io")]
    [InlineData("localhost:5000/app", "localhost:5000")]
    [InlineData("localhost/app@sha256:00", "localhost")]
    public void An_image_belongs_to_the_registry_that_Docker_would_ask(string image, string registry) =>
        Assert.Equal(registry, ImageName.Parse(image).Registry);

    [Theory]
    [InlineData("r.example")]
    [InlineData("https://r.example")]
    [InlineData("https://r.example/v1/")]
    public async Task A_login_in_config_json_is_found_by_the_registrys_host(string key)
    {
        using var home = new TempDirectory();
        // alice:pa:ss
        home.Write("config.json", $$"""{ "auths": { "{{key}}": { "auth": "YWxpY2U6cGE6c3M=" } } }""");
        var secrets = new List<string>();
        var (login, problem) = await FindAsync(home, "r.example", secrets);
        Assert.Equal(new RegistryLogin("alice", "pa:ss", null, null), login);
        Assert.Null(problem);
        Assert.Equal(["pa:ss"], secrets);
        Assert.Null((await FindAsync(home, "other.example", [])).Login);
    }

    [Fact]
    public async Task Identity_tokens_and_the_hub_are_found()
    {
        using var home = new TempDirectory();
        home.Write(
            "config.json",
            $$"""{ "auths": { "{{Hub}}": { "identitytoken": "t0ken" }, "empty.example": {} } }"""
        );
        Assert.Equal(new RegistryLogin(null, null, "t0ken", null), (await FindAsync(home, Hub, [])).Login);
        Assert.Equal((null, null), await FindAsync(home, "empty.example", []));
    }

    [Fact]
    public async Task A_registrys_own_helper_is_asked_before_the_store_and_the_file()
    {
        using var home = new TempDirectory();
        Helper(home, "mine", """read server; echo "{\"Username\":\"<token>\",\"Secret\":\"for $server $EXTRA\"}" """);
        Helper(home, "store", """echo "credentials not found in native keychain"; exit 1""");
        home.Write(
            "config.json",
            """
            {"credHelpers":{"r.example":"mine"},"credsStore":"store",
             "auths":{"s.example":{"auth":"YTpi"},"r.example":{"auth":"YTpi"}}}
            """
        );
        var secrets = new List<string>();
        Assert.Equal("for r.example more", (await FindAsync(home, "r.example", secrets)).Login?.IdentityToken);
        Assert.Contains("for r.example more", secrets);
        Assert.Equal(new RegistryLogin("a", "b", null, null), (await FindAsync(home, "s.example", [])).Login);
        Assert.Equal((null, null), await FindAsync(home, "t.example", []));
    }

    [Theory]
    [InlineData("echo sEcReT >&2; echo sEcReT; exit 1", "failed with exit code 1")]
    [InlineData("echo sEcReT", "not JSON")]
    [InlineData("echo '{}'", "without a secret")]
    public async Task A_helper_that_fails_is_said_without_what_it_printed(string script, string problem)
    {
        using var home = new TempDirectory();
        Helper(home, "bad", script);
        home.Write("config.json", """{"credsStore":"bad"}""");
        var found = await FindAsync(home, "r.example", []);
        Assert.Null(found.Login);
        Assert.Contains(problem, found.Problem);
        Assert.DoesNotContain("sEcReT", found.Problem);
    }

    [Theory]
    [InlineData("absent", "docker-credential-absent, which is not on the PATH")]
    [InlineData("../x", "no name of one")]
    public async Task A_helper_that_is_not_there_is_named(string helper, string problem)
    {
        using var home = new TempDirectory();
        home.Write("config.json", $$"""{"credsStore":"{{helper}}"}""");
        Assert.Contains(problem, (await FindAsync(home, "r.example", [])).Problem);
    }

    private static async Task<(RegistryLogin? Login, string? Problem)> FindAsync(
        TempDirectory home,
        string registry,
        List<string> secrets
    )
    {
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = $"{home.Path}:/usr/bin:/bin",
            ["EXTRA"] = "more",
        };
        var variables = new DockerVariables(null, null, null, null, null, home.Path, null, environment);
        var access = DockerAccessReader.Read(variables, secrets.Add);
        return await access.Logins.ForAsync(registry, TestContext.Current.CancellationToken);
    }

    private static void Helper(TempDirectory home, string name, string script)
    {
        var path = home.Write($"docker-credential-{name}", $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
    }
}
