using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>A run that gets its credential while it runs.</summary>
public sealed class CredentialTests
{
    private const string Old = "canary-old-5f1d0c";
    private const string New = "canary-new-77ab3e";

    [Fact]
    public async Task A_token_that_ends_under_way_is_renewed_and_is_nowhere_but_in_its_file_and_its_requests()
    {
        using var day = new BadDay();
        await using var tokens = new ChaosServer(
            ChaosAnswers.Respond(200, $$"""{"access_token":"{{New}}","refresh_token":"{{New}}-r","expires_in":3600}""")
        );
        await using var server = new ChaosServer(
            ChaosAnswers.Stream(ProviderEvents.ToolUse("t", "bash", """{"command":"env; echo two > a.txt"}""")),
            ChaosAnswers.Error(401, "authentication_error", "token expired"),
            ChaosAnswers.Stream(ProviderEvents.Text($"{Old} {New}"))
        );
        day.Environment["ANTHROPIC_BASE_URL"] = server.Url.ToString();
        day.Environment["XDG_CONFIG_HOME"] = day.Root;
        var imported = await ClawCiProgram.RunAsync(
            day.Root,
            ["auth", "import", "-", $"--token-endpoint={tokens.Url}", "--client-id=c"],
            $$"""{"access_token":"{{Old}}","refresh_token":"{{Old}}-r","expires_in":3600}""",
            day.Environment
        );
        Assert.Equal(0, imported.ExitCode);

        var ending = await day.RunAsync("--model=anthropic/claude-sonnet-4-5", "--verbose");

        await ending.IsAsync(0, "success");
        Assert.Equal(
            [$"Bearer {Old}", $"Bearer {Old}", $"Bearer {New}"],
            server.Requests.Select(request => request.Headers["authorization"])
        );
        Assert.Single(tokens.Requests);
        AssertNowhere(ending);
    }

    [Fact]
    public async Task A_key_command_sees_no_key_of_ours_and_what_it_prints_is_nowhere()
    {
        using var day = new BadDay();
        var seen = Path.Combine(day.Root, "seen");
        await day.ShellAsync(
            $$"""
            printf '#!/bin/sh\n{ tr "\\0" "\\n" < /proc/$$/environ; tr "\\0" " " < /proc/$PPID/cmdline; } > {{seen}}\necho {{New}}\n' > key; chmod +x key
            """
        );
        await using var server = new ChaosServer(
            ChaosAnswers.Stream(ProviderEvents.ToolUse("t", "bash", """{"command":"env; echo two > a.txt"}""")),
            ChaosAnswers.Stream(ProviderEvents.Text(New))
        );
        day.Environment["ANTHROPIC_BASE_URL"] = server.Url.ToString();
        day.Environment["CLAW_CI_API_KEY_COMMAND"] = $"{day.Root}/key 'an argument'";
        day.Environment["OPENAI_API_KEY"] = Old;

        var ending = await day.RunAsync("--model=anthropic/claude-sonnet-4-5");

        await ending.IsAsync(0, "success");
        Assert.Equal([New, New], server.Requests.Select(request => request.Headers["x-api-key"]));
        var environment = await File.ReadAllTextAsync(seen, TestContext.Current.CancellationToken);
        Assert.Contains("CLAW_CI_PROVIDER=anthropic", environment, StringComparison.Ordinal);
        Assert.DoesNotContain(Old, environment, StringComparison.Ordinal);
        AssertNowhere(ending);
    }

    [Theory]
    [InlineData("false", "key-command")]
    [InlineData("echo two words", "key-command")]
    public async Task A_command_without_a_key_is_an_authentication_failure(string command, string reason)
    {
        using var day = new BadDay();
        day.Environment["CLAW_CI_API_KEY_COMMAND"] = command;
        var ending = await day.RunAsync("--model=anthropic/claude-sonnet-4-5");
        await ending.IsAsync(17, "auth-failed", reason);
        Assert.Contains("CLAW_CI_API_KEY_COMMAND", ending.End.Error, StringComparison.Ordinal);
    }

    private static void AssertNowhere(Ending ending)
    {
        string[] texts =
        [
            ending.End.Output,
            ending.End.Error,
            .. Directory.EnumerateFiles(ending.Day.Out, "*", SearchOption.AllDirectories).Select(File.ReadAllText),
        ];
        foreach (var text in texts)
        {
            Assert.DoesNotContain(Old, text, StringComparison.Ordinal);
            Assert.DoesNotContain(New, text, StringComparison.Ordinal);
        }
    }
}
