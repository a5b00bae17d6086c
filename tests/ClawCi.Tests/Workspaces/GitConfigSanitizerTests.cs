using System.Text;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Workspaces;
using ClawCi.Shared;
using ClawCi.TestSupport;
using CsCheck;
using Xunit;

namespace ClawCi.Tests.Workspaces;

public sealed class GitConfigSanitizerTests
{
    [Fact]
    public void Credentials_are_taken_out_and_told_as_secrets()
    {
        using var temp = new TempDirectory();
        temp.Write(
            ".git/config",
            """
            # token in a comment: c0mment-secret
            [core]
            	bare = false
            	worktree = "C:\\x # y" ; comment
            [remote "origin"]
            	url = https://x-access-token:ghs_S3cr%2Fet@github.com/o/r
            	fetch = +refs/heads/*:refs/remotes/origin/*
            	pushurl = ssh://git@example.com/r
            [http "https://github.com/"]
            	extraheader = AUTHORIZATION: basic eC1hY2Nlc3MtdG9rZW46Z2hzX2FiY2RlZg==
            [http "https://user:hunter22@proxy/"]
            	proxy = http://me:pr0xy@proxy:80
            [credential]
            	helper = "!f() { echo username=x; echo password=from-helper; }; f"
            [include]
            	path = ../../secrets
            [includeIf "gitdir:/x"] path = elsewhere
            [github] token = gh-token-value
            [url "https://a_token_that_is_long@github.com/"]
            	insteadOf = git@github.com:
            """
        );

        var safe = GitConfigSanitizer.Read(temp.Path);

        Assert.Equal(".git/config", Assert.Single(safe.Files).Path);
        Golden.Matches(Encoding.UTF8.GetString(safe.Files[0].Content));
        Assert.Equal(
            [
                "a_token_that_is_long",
                "eC1hY2Nlc3MtdG9rZW46Z2hzX2FiY2RlZg==",
                "from-helper",
                "gh-token-value",
                "ghs_S3cr%2Fet",
                "ghs_S3cr/et",
                "ghs_abcdef",
                "hunter22",
                "pr0xy",
            ],
            safe.Secrets
        );
    }

    [Fact]
    public void Work_tree_and_submodules_are_read_too()
    {
        using var temp = new TempDirectory();
        const string Config = "[http]\n\textraheader = Authorization: bearer sub-secret\n[core]\n\tbare = false\n";
        foreach (
            var path in (string[])
                [".git/config", ".git/config.worktree", ".git/modules/a/config", ".git/modules/lib/b/config"]
        )
            temp.Write(path, Config);
        var safe = GitConfigSanitizer.Read(temp.Path);
        Assert.Equal(
            [".git/config", ".git/config.worktree", ".git/modules/a/config", ".git/modules/lib/b/config"],
            safe.Files.Select(file => file.Path)
        );
        Assert.All(
            safe.Files,
            file => Assert.DoesNotContain("sub-secret", Encoding.UTF8.GetString(file.Content), StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("mkdir -p tools/.git; cp config tools/.git/config", "tools/.git/config")]
    [InlineData("mkdir -p a/b/c/.git; cp config a/b/c/.git/config", "a/b/c/.git/config")]
    [InlineData("mkdir -p t/.git/modules/m; cp config t/.git/modules/m/config", "t/.git/modules/m/config")]
    [InlineData(
        "mkdir -p store/x.git; cp config store/x.git/config; echo gitdir: store/x.git > .git",
        "store/x.git/config"
    )]
    [InlineData("mkdir -p x.git t; cp config x.git/config; echo gitdir: $PWD/x.git > t/.git", "x.git/config")]
    [InlineData("mkdir -p x.git t; cp config x.git/config; ln -s ../x.git t/.git", "x.git/config")]
    [InlineData(
        "mkdir -p x.git/worktrees/t t; cp config x.git/config; echo ../.. > x.git/worktrees/t/commondir; echo gitdir: ../x.git/worktrees/t > t/.git",
        "x.git/config"
    )]
    [InlineData("mkdir -p .git/modules/objects; cp config .git/modules/objects/config", ".git/modules/objects/config")]
    public async Task Checkouts_inside_the_checkout_and_repositories_beside_it_are_cleaned(string make, string expected)
    {
        using var temp = new TempDirectory();
        temp.Write("config", "[http]\n\textraheader = Authorization: bearer nested-secret\n");
        await TestLayers.RunAsync("/bin/sh", "-c", $"cd '{temp.Path}'; {make}");
        var safe = GitConfigSanitizer.Read(temp.Path);
        var file = Assert.Single(safe.Files);
        Assert.Equal(expected, file.Path);
        Assert.DoesNotContain("nested-secret", Encoding.UTF8.GetString(file.Content), StringComparison.Ordinal);
        Assert.Contains("nested-secret", safe.Secrets);
    }

    [Fact]
    public void A_line_of_a_million_letters_is_read_and_what_authenticates_behind_it_is_found()
    {
        using var temp = new TempDirectory();
        var url = $"{new string('a', 1_000_000)}://somebody:long-line-secret@git.test/x";
        temp.Write(".git/config", $"[remote \"origin\"]\n\turl = {url}\n");
        var safe = GitConfigSanitizer.Read(temp.Path);
        Assert.Contains("long-line-secret", safe.Secrets);
        Assert.DoesNotContain(
            "long-line-secret",
            Encoding.UTF8.GetString(Assert.Single(safe.Files).Content),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Many_references_of_a_submodule_are_no_concern_and_too_many_submodules_are_named()
    {
        using var temp = new TempDirectory();
        const string Many = "i=0; while [ $i -lt 10001 ]; do echo $i; i=$((i+1)); done | xargs touch";
        temp.Write(".git/modules/m/config", "[core]\n\tbare = false\n");
        await TestLayers.RunAsync("/bin/sh", "-c", $"cd '{temp.Path}/.git/modules/m'; mkdir refs; cd refs; {Many}");
        Assert.Single(GitConfigSanitizer.Read(temp.Path).Files);
        await TestLayers.RunAsync("/bin/sh", "-c", $"cd '{temp.Path}/.git/modules'; mkdir n; cd n; {Many}");
        var error = Assert.Throws<SandboxException>(() => GitConfigSanitizer.Read(temp.Path));
        Assert.Contains(
            ".git/modules/n: a directory holds more than 10000 names",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("true")]
    [InlineData("echo gitdir: /elsewhere > .git")]
    [InlineData("mkdir .git; ln -s /etc/passwd .git/config")]
    [InlineData("ln -s /etc .git")]
    public async Task Without_a_configuration_there_is_nothing_to_hide(string make)
    {
        using var temp = new TempDirectory();
        await TestLayers.RunAsync("/bin/sh", "-c", $"cd '{temp.Path}'; {make}");
        Assert.Empty(GitConfigSanitizer.Read(temp.Path).Files);
    }

    [Theory]
    [InlineData("mkdir .git; mkfifo .git/config")]
    [InlineData("mkdir .git; truncate -s 100M .git/config")]
    public async Task What_cannot_be_read_cannot_be_hidden_and_ends_the_run(string make)
    {
        using var temp = new TempDirectory();
        await TestLayers.RunAsync("/bin/sh", "-c", $"cd '{temp.Path}'; {make}");
        Assert.Throws<SandboxException>(() => GitConfigSanitizer.Read(temp.Path));
    }

    [Theory]
    [InlineData("[core]\n a = 1\n[broken\n token = S3CR3T\n", "[core]\n\ta = \"1\"\n")]
    [InlineData("[core]\n a = \"open\n b = S3CR3T\n", "[core]\n")]
    [InlineData("[core]\n a = bad\\q S3CR3T\n", "[core]\n")]
    [InlineData("stray = S3CR3T\n", "")]
    public void Nothing_is_shown_behind_a_fault(string config, string expected)
    {
        using var temp = new TempDirectory();
        temp.Write(".git/config", config);
        Assert.Equal(expected, Encoding.UTF8.GetString(GitConfigSanitizer.Read(temp.Path).Files[0].Content));
    }

    [Fact]
    public async Task What_is_harmless_means_the_same_to_git_afterwards()
    {
        var piece = Gen.Int[0, 12]
            .Select(i =>
                (
                    (string[])
                        [
                            "[a]\n",
                            "[a \"s\\\"ub\"]\n",
                            "[a.old]",
                            "k = v\n",
                            "k\n",
                            " k2=\"x;y\" z ; c\n",
                            "k = a\\\n  b\n",
                            "# c\n",
                            "\n",
                            "k = \"a\\tb\\\\\"\n",
                            "k =  \n",
                            "\tk3 = a  b \r\n",
                            "k = \"\\n\" \n",
                        ]
                )[i]
            );
        await piece
            .Array[0, 10]
            .SampleAsync(
                async pieces =>
                {
                    using var temp = new TempDirectory();
                    temp.Write(".git/config", "[start]\n" + string.Concat(pieces));
                    var safe = GitConfigSanitizer.Read(temp.Path).Files[0].Content;
                    await File.WriteAllBytesAsync(temp["safe"], safe);
                    Assert.Equal(await ListAsync(temp[".git/config"]), await ListAsync(temp["safe"]));
                },
                iter: 100,
                threads: 1
            );
    }

    private static async Task<string> ListAsync(string file)
    {
        var request = new ProcessRequest("git", ["config", "--file", file, "--list", "-z"])
        {
            Environment = new Dictionary<string, string>
            {
                ["GIT_CONFIG_NOSYSTEM"] = "1",
                ["GIT_CONFIG_GLOBAL"] = "/dev/null",
            },
        };
        var result = await ProcessRunner.RunAsync(request, CancellationToken.None);
        Assert.True(result.Succeeded, result.ErrorText);
        return result.OutputText;
    }
}
