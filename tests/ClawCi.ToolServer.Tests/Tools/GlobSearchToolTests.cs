using Xunit;

namespace ClawCi.ToolServer.Tests.Tools;

public sealed class GlobSearchToolTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_come_newest_first_without_what_git_ignores()
    {
        await using var server = await TreeAsync();
        Assert.Equal("src/new.cs\nsrc/deep/old.cs", (await GlobAsync(server, "src/**/*.cs")).Text);
        Assert.Equal("src/new.cs\nsrc/deep/old.cs", (await GlobAsync(server, "*.cs")).Text);
        Assert.Equal("old.cs", (await GlobAsync(server, "*.cs", "src/deep")).Text["src/deep/".Length..]);
        Assert.Equal(".hidden/x.yml", (await GlobAsync(server, "**/*.{yml,yaml}")).Text);
        Assert.Equal("No file matches.", (await GlobAsync(server, "*.dll")).Text);
        Assert.Equal("src/new.cs", (await GlobAsync(server, server.Files["src/*.cs"])).Text);
    }

    [Fact]
    public async Task An_ignored_directory_is_searched_when_it_is_named()
    {
        await using var server = await TreeAsync();
        Assert.Equal("bin/a.dll", (await GlobAsync(server, "*", "bin")).Text);
    }

    [Fact]
    public async Task More_than_the_limit_are_counted()
    {
        await using var server = await TreeAsync();
        for (var i = 0; i < 150; i++)
            server.Files.Write($"many/{i}.txt", "");
        var answer = await GlobAsync(server, "many/*.txt");
        Assert.Equal(101, answer.Text.Split('\n').Length);
        Assert.EndsWith(
            "[the 100 newest of 150 files; narrow the pattern, or raise limit]",
            answer.Text,
            StringComparison.Ordinal
        );
        Assert.True(answer.Truncated);
    }

    [Fact]
    public async Task A_link_to_a_directory_is_not_gone_into()
    {
        await using var server = await TreeAsync();
        await server.BashAsync("ln -s / everything; ln -s .. src/up", Ct);
        Assert.Equal("No file matches.", (await GlobAsync(server, "**/passwd")).Text);
        Assert.Equal("everything", (await GlobAsync(server, "every*")).Text);
    }

    [Theory]
    [InlineData("src/[a", null, "cannot be used")]
    [InlineData("*", "nowhere", "does not exist")]
    [InlineData("*", "src/new.cs", "is not a directory")]
    [InlineData("/etc/*", null, "is outside the workspace")]
    public async Task A_search_that_cannot_be_is_refused(string pattern, string? path, string reason)
    {
        await using var server = await TreeAsync();
        var answer = await GlobAsync(server, pattern, path);
        Assert.True(answer.IsError);
        Assert.Contains(reason, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_that_are_no_UTF_8_and_deep_trees_are_walked()
    {
        await using var server = await TreeAsync();
        await server.BashAsync(
            "mkdir $'o\\xff'; touch $'o\\xff/odd.odd'; d=d; for i in $(seq 300); do mkdir $d && cd $d; done; touch deep.odd",
            Ct
        );
        var lines = (await GlobAsync(server, "*.odd")).Text.Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Contains("o\ufffd/odd.odd", lines);
    }

    private static async Task<Server> TreeAsync()
    {
        var server = await Server.StartAsync(Ct, "glob");
        await server.BashAsync(
            "mkdir -p src/deep bin .git/info .hidden; touch -d 2020-01-01 src/deep/old.cs; touch src/new.cs bin/a.dll .hidden/x.yml .git/y.cs "
                + "src/ignored.cs src/excluded.cs; echo bin/ > .gitignore; echo ignored.cs > src/.gitignore; echo excluded.cs > .git/info/exclude",
            Ct
        );
        return server;
    }

    private static Task<Answer> GlobAsync(Server server, string pattern, string? path = null) =>
        server.CallAsync("glob_search", Ct, ("pattern", pattern), ("path", path));
}
