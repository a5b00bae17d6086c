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
    public async Task A_known_value_in_five_encodings_reaches_no_file_and_no_stream_and_holds_the_patch_back()
    {
        const string Canary = "canary \"value\"/+ 5f1e0d";
        var bytes = Encoding.UTF8.GetBytes(Canary);
        string[] encodings =
        [
            Canary,
            Convert.ToBase64String(bytes),
            Uri.EscapeDataString(Canary),
            System.Text.Json.JsonSerializer.Serialize(Canary)[1..^1],
            Convert.ToHexStringLower(bytes),
        ];
        using var day = new BadDay()
            .Task(
                "limits: { max-turns: 5 }\nverify: { rounds: 1, checks: [{ id: show, run: 'cat leak.txt; grep two a.txt' }] }"
            )
            .Script(
                BadDay.Bash(
                    $"echo two > a.txt; cat > leak.txt <<'X'\n{string.Join('\n', encodings)}\nX\ncat leak.txt; base64 -w 11 leak.txt; cat leak.txt >&2"
                ),
                "text: Done."
            );
        day.Environment["GITHUB_TOKEN"] = Canary;

        var ending = await day.RunAsync("--output-format=stream-json", "--verbose");

        await ending.IsAsync(19, "gate-blocked", "secret", retryable: false);
        Assert.False(File.Exists(day.Patch));
        Assert.Equal("one\n", await File.ReadAllTextAsync(day.At("a.txt"), TestContext.Current.CancellationToken));
        var gates = ending.TaskResult.GetProperty("changes").GetProperty("gates");
        Assert.Equal("leak.txt", gates[0].GetProperty("path").GetString());
        Assert.Equal(1, gates[0].GetProperty("line").GetInt32());
        Assert.Contains("leak.txt:1: holds a secret: platform-token", ending.Error, StringComparison.Ordinal);
        string[] files = [.. Directory.EnumerateFiles(day.Out, "*", SearchOption.AllDirectories)];
        Assert.Contains(files, file => file.EndsWith("1-show.log", StringComparison.Ordinal));
        foreach (var text in files.Select(File.ReadAllText).Append(ending.End.Output).Append(ending.End.Error))
        foreach (var encoding in encodings)
        {
            Assert.DoesNotContain(encoding, text, StringComparison.Ordinal);
            Assert.DoesNotContain(
                System.Text.Json.JsonSerializer.Serialize(encoding)[1..^1],
                text,
                StringComparison.Ordinal
            );
        }
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
