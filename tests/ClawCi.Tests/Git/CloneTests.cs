using ClawCi.Git;
using ClawCi.Shared;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Git;

public sealed class CloneTests : IDisposable
{
    private readonly TempDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(null, "main", "ref: refs/heads/main", "3")]
    [InlineData("release/2", "release/2", "ref: refs/heads/release/2", "2")]
    [InlineData("both", "both", "ref: refs/heads/both", "2")]
    [InlineData("v1", null, null, "1")]
    [InlineData("light", null, null, "1")]
    public async Task It_is_one_commit_of_a_branch_or_a_tag_over_http_with_a_token(
        string? reference,
        string? branch,
        string? head,
        string content
    )
    {
        await RepositoryAsync();
        await using var server = new GitServer(_files["git"]);

        await CloneAsync(new Uri(server.Url, "shop.git"), reference);

        Assert.Equal(content, (await File.ReadAllTextAsync(_files["clone/n"], Ct)).Trim());
        Assert.Equal("1", await GitAsync("rev-list --count HEAD"));
        Assert.Equal("", await GitAsync("status --porcelain"));
        Assert.Equal($"{server.Url}shop.git", await GitAsync("config remote.origin.url"));
        if (head is not null)
            Assert.Equal(head, (await File.ReadAllTextAsync(_files["clone/.git/HEAD"], Ct)).Trim());
        Assert.Equal(branch ?? "", await GitAsync("branch --show-current"));
    }

    [Fact]
    public async Task A_commit_is_named_by_its_whole_name()
    {
        await RepositoryAsync();
        var commit = await ShellAsync("git -C git/shop.git rev-parse main~1");

        await CloneAsync(new Uri(_files["git/shop.git"]), commit);

        Assert.Equal(commit, await GitAsync("rev-parse HEAD"));
        Assert.Equal("2", (await File.ReadAllTextAsync(_files["clone/n"], Ct)).Trim());
    }

    [Fact]
    public async Task The_token_is_nowhere_in_it()
    {
        await RepositoryAsync();
        await using var server = new GitServer(_files["git"]);

        await CloneAsync(new Uri(server.Url, "shop.git"), "main");

        Assert.Contains(server.Asked, asked => asked.IsAuthorised);
        var encoded = new GitCredential(GitServer.User, GitServer.Token).Encoded;
        Assert.Equal("", await ShellAsync($"grep -rlaF -e {GitServer.Token} -e {encoded} clone || true"));
    }

    [Fact]
    public async Task A_server_that_sends_it_elsewhere_does_not_get_the_token_there()
    {
        await RepositoryAsync();
        await using var thief = new GitServer(_files["git"]);
        await using var server = new GitServer(_files["git"]) { MovedTo = thief.Url };

        await Assert.ThrowsAsync<CloneException>(() => CloneAsync(new Uri(server.Url, "shop.git"), "main"));

        Assert.Contains(server.Asked, asked => asked.IsAuthorised);
        Assert.Empty(thief.Asked);
        Assert.False(Directory.Exists(_files["clone"]));
    }

    [Theory]
    [InlineData("nothing", GitServer.Token, false, "has no branch and no tag nothing")]
    [InlineData("0123456789012345678901234567890123456789", GitServer.Token, false, "cannot be cloned: ")]
    [InlineData("main", "another", true, "cannot be cloned: ")]
    public async Task What_cannot_be_had_is_said_and_leaves_nothing(
        string reference,
        string token,
        bool isRefusal,
        string message
    )
    {
        await RepositoryAsync();
        await using var server = new GitServer(_files["git"]);

        var error = await Assert.ThrowsAsync<CloneException>(() =>
            CloneAsync(new Uri(server.Url, "shop.git"), reference, token)
        );

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.True((error.IsRefusal, error.IsTransient) == (isRefusal, false), error.Message);
        Assert.Equal([_files["git"], _files["work"]], Directory.GetFileSystemEntries(_files.Path).Order());
    }

    [Fact]
    public async Task A_server_that_is_away_may_be_back_in_a_while()
    {
        await RepositoryAsync();
        var server = new GitServer(_files["git"]);
        var url = new Uri(server.Url, "shop.git");
        await server.DisposeAsync();

        var error = await Assert.ThrowsAsync<CloneException>(() => CloneAsync(url, "main"));

        Assert.True(error.IsTransient, error.Message);
    }

    /// <summary>Submodules would be fetched from where it says, filters and hooks would be commands.</summary>
    [Fact]
    public async Task What_the_repository_says_fetches_and_starts_nothing()
    {
        await RepositoryAsync(
            $"""
            git -c protocol.file.allow=always submodule --quiet add {_files["work"]} sub
            git config -f .gitmodules submodule.sub.url 'ext::sh -c "touch {_files["hit"]}"'
            printf '* filter=evil diff=evil\n' > .gitattributes
            printf '[filter "evil"]\nsmudge = touch {_files["hit"]}\n[core]\nhooksPath = hooks\n' > .gitconfig
            mkdir hooks; printf '#!/bin/sh\ntouch {_files["hit"]}\n' > hooks/post-checkout; chmod +x hooks/post-checkout
            ln -s /etc/passwd link
            git add -A; git commit -qm evil; git push -q ../git/shop.git main
            """
        );

        await CloneAsync(new Uri(_files["git/shop.git"]), "main");

        Assert.False(File.Exists(_files["hit"]));
        Assert.Empty(Directory.GetFileSystemEntries(_files["clone/sub"]));
        Assert.Equal("/etc/passwd", new FileInfo(_files["clone/link"]).LinkTarget);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private Task CloneAsync(Uri url, string? reference, string token = GitServer.Token)
    {
        var address = new RepositoryAddress(url);
        var credential = url.IsFile ? null : new GitCredential(GitServer.User, token);
        var access = GitAccess.Environment(address, credential, null, null);
        return new Clone(address, access).MakeAsync(_files["clone"], reference, Ct);
    }

    /// <summary>Three commits on main, a branch on the second, tags on the first, and a name that is both.</summary>
    private Task<string> RepositoryAsync(string more = "") =>
        ShellAsync(
            $"""
            git init -q --bare -b main git/shop.git
            git init -q -b main work; cd work
            for n in 1 2 3; do echo $n > n; git add n; git commit -qm $n; done
            git branch release/2 HEAD~1; git branch both HEAD~1; git tag both HEAD~2
            git tag -a -m one v1 HEAD~2; git tag light HEAD~2
            git push -q ../git/shop.git 'refs/*:refs/*'
            {more}
            """
        );

    private Task<string> GitAsync(string arguments) => ShellAsync($"git -C clone {arguments}");

    private async Task<string> ShellAsync(string commands)
    {
        var end = await ProcessRunner.RunAsync(
            new ProcessRequest("/bin/bash", ["-euc", commands])
            {
                WorkingDirectory = _files.Path,
                Environment = new Dictionary<string, string>
                {
                    ["PATH"] = "/usr/bin:/bin",
                    ["HOME"] = "/nonexistent",
                    ["GIT_CONFIG_NOSYSTEM"] = "1",
                    ["GIT_AUTHOR_NAME"] = "Ann",
                    ["GIT_AUTHOR_EMAIL"] = "ann@example.com",
                    ["GIT_COMMITTER_NAME"] = "Ann",
                    ["GIT_COMMITTER_EMAIL"] = "ann@example.com",
                },
            },
            Ct
        );
        Assert.True(end.Succeeded, $"{commands}: {end.ExitCode}\n{end.OutputText}{end.ErrorText}");
        return end.OutputText.Trim();
    }
}
