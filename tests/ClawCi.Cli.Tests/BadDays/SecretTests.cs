using System.Text;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>Secrets are where they must be and nowhere else.</summary>
public sealed class SecretTests
{
    private const string Key = "canary-key-0f6b1c52e8d94a7b";
    private const string Header = "AUTHORIZATION: basic eC1hY2Nlc3MtdG9rZW46Y2FuYXJ5LTc3YjE=";
    private const string Password = "canary-password-19c4e1";

    [Fact]
    public async Task Keys_and_git_credentials_are_in_no_file_no_stream_and_not_in_the_sandbox()
    {
        using var day = new BadDay();
        await day.ShellAsync(
            $"""
            cd {day.Workspace}; git init -q; git -c user.name=t -c user.email=t@example.com add .
            git -c user.name=t -c user.email=t@example.com commit -qm start
            git config http.https://github.com/.extraheader '{Header}'
            git remote add origin https://user:{Password}@example.com/r.git
            """
        );
        const string Look =
            "env; cat .git/config; git config --list; git remote -v; cat /proc/*/environ /proc/*/cmdline; grep -r canary / --include=config -s; echo two > a.txt";
        await using var server = new ChaosServer(
            ChaosAnswers.Stream(ProviderEvents.ToolUse("toolu_1", "bash", $$"""{"command":"{{Look}}"}""")),
            // What a model that knows the secrets would say.
            ChaosAnswers.Stream(
                ProviderEvents.Text(
                    $"{Key} {Header} {Password} {Convert.ToBase64String(Encoding.UTF8.GetBytes(Key))} {Uri.EscapeDataString(Header)}"
                )
            )
        );
        day.Environment["ANTHROPIC_BASE_URL"] = server.Url.ToString();
        day.Environment["ANTHROPIC_API_KEY"] = Key;
        var ending = await day.RunAsync(
            "--model=anthropic/claude-sonnet-4-5",
            "--output-format=stream-json",
            "--verbose"
        );

        await ending.IsAsync(0, "success");
        Assert.Equal(Key, server.Requests[0].Headers["x-api-key"]);
        Assert.Contains("remote", server.Requests[1].Body, StringComparison.Ordinal);
        Assert.Contains("TERM=dumb", server.Requests[1].Body, StringComparison.Ordinal);
        string[] secrets =
        [
            Key,
            Header,
            Header.Split(' ')[2],
            Password,
            Convert.ToBase64String(Encoding.UTF8.GetBytes(Key)),
        ];
        foreach (var secret in secrets)
        {
            Assert.DoesNotContain(secret, ending.End.Output, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, ending.End.Error, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, server.Requests[1].Body, StringComparison.Ordinal);
            foreach (var file in Directory.EnumerateFiles(day.Out, "*", SearchOption.AllDirectories))
                Assert.DoesNotContain(
                    secret,
                    await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken),
                    StringComparison.Ordinal
                );
        }
        Assert.True(ending.TaskResult.GetProperty("redactions").GetInt32() > 0);
        Assert.Contains(
            Password,
            await File.ReadAllTextAsync(day.At(".git/config"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_the_agent_writes_into_git_is_never_delivered()
    {
        using var day = new BadDay().Script(
            BadDay.Bash(
                "git config core.fsmonitor 'touch /tmp/pwned'; echo 'touch pwned' > .git/hooks/pre-commit; echo '*.txt filter=x' > .gitattributes; echo two > a.txt; git add -A; git -c user.name=t -c user.email=t@e commit -qm x; git log --oneline"
            ),
            "text: Done."
        );
        await day.ShellAsync(
            $"cd {day.Workspace}; git init -q; git -c user.name=t -c user.email=t@e commit -qm start --allow-empty; find .git -type f | sort | xargs sha256sum > ../before"
        );
        var ending = await day.RunAsync();
        await ending.IsAsync(0, "success");
        await day.ShellAsync($"cd {day.Workspace}; find .git -type f | sort | xargs sha256sum | diff ../before -");
        Assert.DoesNotContain(".git/", await day.PatchAsync(), StringComparison.Ordinal);
    }
}
