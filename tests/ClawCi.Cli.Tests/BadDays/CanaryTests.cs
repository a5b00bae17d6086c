using System.Security.Cryptography;
using System.Text;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>A secret in every place where a CI machine has one, an agent that looks everywhere, and none of them found in what the run leaves.</summary>
public sealed class CanaryTests
{
    private const string Mark = "cnry";

    [Fact]
    public async Task No_secret_of_the_machine_is_in_anything_that_a_run_leaves()
    {
        using var day = new BadDay();
        var canaries = new List<string>();
        var home = Path.Combine(day.Root, "home");
        string Canary()
        {
            // Not a shape that a masker could know: what is absent is absent, not replaced.
            var canary = $"{Mark}{RandomNumberGenerator.GetHexString(24, lowercase: true)}";
            canaries.Add(canary);
            return canary;
        }
        void Plant(string path, string content)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, content);
        }

        var login = Base64($"user:{Canary()}");
        Plant($"{home}/.docker/config.json", $"{{\"auths\":{{\"registry.example.com\":{{\"auth\":\"{login}\"}}}}}}");
        Plant($"{home}/.ssh/id_ed25519", Canary());
        Plant($"{home}/.aws/credentials", $"[default]\naws_secret_access_key = {Canary()}\n");
        Plant($"{home}/.netrc", $"machine example.com login user password {Canary()}\n");
        Plant($"{home}/.git-credentials", $"https://user:{Canary()}@example.com\n");
        Plant($"{home}/.config/claw-ci/oauth.json", $$"""{"refresh_token":"{{Canary()}}"}""");
        Plant(Path.Combine(day.Root, "beside-the-output.txt"), Canary());
        const string machine = "/etc/claw-ci/canary-of-a-test";
        Plant(machine, Canary());
        day.Environment["HOME"] = home;
        foreach (var name in new[] { "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "NPM_TOKEN", "SOMETHING_ELSE" })
            day.Environment[name] = Canary();
        day.Environment["ANTHROPIC_API_KEY"] = Canary();
        await day.ShellAsync(
            $"""
            cd {day.Workspace}; git init -q; git -c user.name=t -c user.email=t@example.com add .
            git -c user.name=t -c user.email=t@example.com commit -qm start
            git config http.https://github.com/.extraheader 'AUTHORIZATION: basic {Base64(
                $"x-access-token:{Canary()}"
            )}'
            git remote add origin https://user:{Canary()}@example.com/r.git
            """
        );
        string[] looks =
        [
            "env; cat /proc/*/environ /proc/*/cmdline | tr '\\0' '\\n'",
            "cat .git/config; git config --list --show-origin; git remote -v",
            $"cat {home}/.*/* {home}/.netrc {home}/.git-credentials {day.Root}/* /proc/1/root{home}/.netrc {machine} ~/.*/* /root/.*/*",
            $"find / -xdev -newer /etc/hostname -type f 2>/dev/null | head -n 200 | xargs grep -l {Mark}",
            $"grep -rl {Mark} /workspace /tmp /run /etc /home /root /claw 2>/dev/null; ls -la /workspace/.. / /run; mount",
            "echo two > a.txt",
        ];
        await using var server = new ChaosServer([
            .. looks.Select(
                (look, i) =>
                    ChaosAnswers.Stream(
                        ProviderEvents.ToolUse(
                            $"toolu_{i}",
                            "bash",
                            new System.Text.Json.Nodes.JsonObject { ["command"] = look }.ToJsonString()
                        )
                    )
            ),
            ChaosAnswers.Stream(ProviderEvents.Text("I looked everywhere.")),
        ]);
        day.Environment["ANTHROPIC_BASE_URL"] = server.Url.ToString();
        try
        {
            var ending = await day.RunAsync(
                "--model=anthropic/claude-sonnet-4-5",
                "--output-format=stream-json",
                "--verbose"
            );
            await ending.IsAsync(0, "success");
            // It did look: the agent's own environment and the rest of git's configuration came back.
            Assert.Contains("TERM=dumb", ending.End.Output, StringComparison.Ordinal);
            Assert.Contains("repositoryformatversion", ending.End.Output, StringComparison.Ordinal);
            Assert.Equal(looks.Length + 1, server.Requests.Count);
            var streams = new List<(string Name, byte[] Content)>
            {
                ("stdout", Encoding.UTF8.GetBytes(ending.End.Output)),
                ("stderr", Encoding.UTF8.GetBytes(ending.Error)),
            };
            streams.AddRange(
                Directory
                    .EnumerateFiles(day.Out, "*", SearchOption.AllDirectories)
                    .Select(file => (file, File.ReadAllBytes(file)))
            );
            streams.AddRange(
                server.Requests.Select((request, i) => ($"request {i}", Encoding.UTF8.GetBytes(request.Body)))
            );
            var found =
                from canary in canaries
                from spelling in Spellings(canary)
                from stream in streams
                where stream.Content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(spelling)) >= 0
                select $"{canaries.IndexOf(canary)} as {spelling} in {stream.Name}";
            Assert.Empty(found);
        }
        finally
        {
            File.Delete(machine);
        }
    }

    /// <summary>As it is, and as programs would write it. Base64 in each of the three ways in which its bytes can fall.</summary>
    private static IEnumerable<string> Spellings(string canary)
    {
        yield return canary;
        yield return Convert.ToHexString(Encoding.UTF8.GetBytes(canary));
        yield return Convert.ToHexStringLower(Encoding.UTF8.GetBytes(canary));
        yield return string.Concat(canary.Select(c => $"%{(int)c:X2}"));
        yield return string.Concat(canary.Select(c => $"\\u{(int)c:x4}"));
        for (var offset = 0; offset < 3; offset++)
            // Without the characters that what stands before and after has a part in.
            yield return Base64(new string('x', offset) + canary)[(offset == 0 ? 0 : 4)..^4];
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
