using System.Net;
using System.Text.RegularExpressions;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests;

/// <summary>Credentials as the program handles them: real processes, files and sockets.</summary>
public sealed class AuthTests : IDisposable
{
    private const string Renewed =
        """{"access_token":"canary-access-2","refresh_token":"canary-refresh-2","expires_in":3600}""";

    private readonly TempDirectory _directory = new(nameof(AuthTests));

    private string TokenFile => _directory["claw-ci/anthropic-token.json"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Twenty_processes_with_one_expired_token_renew_it_once()
    {
        await using var server = new ChaosServer(ChaosAnswers.Respond(200, Renewed));
        await ImportAsync(server.Url, expiresIn: 0);

        var ends = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RunAsync("auth refresh")));

        Assert.All(ends, end => Assert.Equal((0, ""), (end.ExitCode, end.Error)));
        Assert.Contains("refresh_token=canary-refresh-1", Assert.Single(server.Requests).Body);
        Assert.Contains("canary-access-2", File.ReadAllText(TokenFile));
    }

    [Fact]
    public async Task What_the_verbs_say_holds_no_token()
    {
        await using var server = new ChaosServer(
            ChaosAnswers.Respond(400, """{"error":"invalid_grant","error_description":"canary-refresh-1 is unknown"}""")
        );
        var imported = await ImportAsync(server.Url, expiresIn: 100_000);
        var status = await RunAsync("auth status");
        var refused = await RunAsync("auth refresh --force");

        Assert.Matches(
            $"(?m)^anthropic  the token file {TokenFile}\n           good until .*Z; renewed at 127.0.0.1:\\d+$",
            status.Output
        );
        Assert.Equal(17, refused.ExitCode);
        Assert.Contains("outcome=auth-failed reason=token-revoked", refused.Error);
        Assert.Contains("*** is unknown", refused.Error);
        foreach (var end in new[] { imported, status, refused })
            Assert.DoesNotContain("canary-", end.Output + end.Error);
        File.SetUnixFileMode(TokenFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Contains("reason=token-file-open", (await RunAsync("auth refresh")).Error);
    }

    [Fact]
    public async Task What_the_verbs_say_holds_no_password_of_a_proxy()
    {
        await using var server = new ChaosServer(
            ChaosAnswers.Respond(400, """{"error":"invalid_grant","error_description":"canary-password is unknown"}""")
        );
        await ImportAsync(server.Url, expiresIn: 0);
        var refused = await RunAsync(
            "auth refresh",
            new() { ["HTTPS_PROXY"] = "http://ci:canary-password@proxy.example.com:3128" }
        );
        Assert.Equal(17, refused.ExitCode);
        Assert.Contains("*** is unknown", refused.Error);
    }

    [Fact]
    public async Task The_first_source_that_is_there_is_used()
    {
        await ImportAsync(new Uri("http://127.0.0.1:1"), expiresIn: 100_000);
        (string Variable, string Said)[] sources =
        [
            ("CLAW_CI_API_KEY_COMMAND", "CLAW_CI_API_KEY_COMMAND"),
            ("ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_AUTH_TOKEN"),
            ("ANTHROPIC_API_KEY", "ANTHROPIC_API_KEY"),
        ];
        var environment = new Dictionary<string, string?>();
        foreach (var (variable, said) in sources)
        {
            environment[variable] = "something";
            Assert.StartsWith($"anthropic  {said}\n", (await RunAsync("auth status", environment)).Output);
        }
        var none = await RunAsync("auth status", new() { ["XDG_CONFIG_HOME"] = _directory["empty"] });
        Assert.Equal((17, "anthropic  none\nopenai     none\n"), (none.ExitCode, none.Output));
    }

    [Fact]
    public async Task A_person_logs_in_with_a_browser()
    {
        await using var server = new ChaosServer(ChaosAnswers.Respond(200, Renewed));
        string[] words =
        [
            "auth",
            "login",
            "--authorize-url=https://auth.example.com/go",
            $"--token-endpoint={server.Url}",
            "--client-id=c",
        ];
        using var process = ClawCiProgram.Start(
            _directory.Path,
            words,
            new Dictionary<string, string?> { ["XDG_CONFIG_HOME"] = _directory.Path }
        );
        await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        var shown = await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        var redirect = WebUtility.UrlDecode(Regex.Match(shown!, "redirect_uri=([^&]+)").Groups[1].Value);
        var state = Regex.Match(shown!, "state=([^&]+)").Groups[1].Value;
        using var browser = new HttpClient();
        await browser.GetStringAsync(
            new Uri($"{redirect}?code=x&state={state}"),
            TestContext.Current.CancellationToken
        );
        var end = await ClawCiProgram.EndAsync(process);
        Assert.Equal(0, end.ExitCode);
        Assert.StartsWith($"{TokenFile}\ngood until ", end.Output);
        Assert.Contains("canary-access-2", File.ReadAllText(TokenFile));
    }

    private Task<ProgramEnd> ImportAsync(Uri tokenEndpoint, int expiresIn) =>
        RunAsync(
            $"auth import - --token-endpoint={tokenEndpoint} --client-id=client",
            input: $$"""{"access_token":"canary-access-1","refresh_token":"canary-refresh-1","expires_in":{{expiresIn}}}"""
        );

    private Task<ProgramEnd> RunAsync(string line, Dictionary<string, string?>? environment = null, string input = "")
    {
        environment ??= [];
        environment.TryAdd("XDG_CONFIG_HOME", _directory.Path);
        return ClawCiProgram.RunAsync(_directory.Path, line.Split(' '), input, environment);
    }
}
