using ClawCi.ToolServer.Files;
using ClawCi.ToolServer.Searching;
using Xunit;

namespace ClawCi.ToolServer.Tests.Tools;

public sealed class GrepSearchToolTests : IClassFixture<ServerFixture>
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly Server _server;

    public GrepSearchToolTests(ServerFixture fixture)
    {
        _server = fixture.Server;
        _server.Files.Write("src/a.cs", "class A\n{\n    int value;\n    int Value => value;\n}\n");
        _server.Files.Write("src/b.txt", "value\r\nfoo(bar)\r\n");
        _server.Files.Write("obj/c.cs", "value");
        _server.Files.Write(".gitignore", "obj/\n");
        File.WriteAllBytes(_server.Files["src/binary"], [0, .. "value"u8]);
    }

    [Theory]
    [InlineData(
        "value",
        null,
        null,
        "src/a.cs:3:    int value;\nsrc/a.cs:4:    int Value => value;\nsrc/b.txt:1:value\n[3 matching lines in 2 files]"
    )]
    [InlineData("value$", null, null, "src/b.txt:1:value\n[1 matching lines in 1 files]")]
    [InlineData(@"\bint\s+[vV]alue;", null, null, "src/a.cs:3:    int value;\n[1 matching lines in 1 files]")]
    [InlineData("(?<=int )Value", null, null, "src/a.cs:4:    int Value => value;\n[1 matching lines in 1 files]")]
    [InlineData("value", "*.txt", null, "src/b.txt:1:value\n[1 matching lines in 1 files]")]
    [InlineData("value", "*.cs", "files_with_matches", "src/a.cs\n[2 matching lines in 1 files]")]
    [InlineData("value", null, "count", "src/a.cs:2\nsrc/b.txt:1\n[3 matching lines in 2 files]")]
    [InlineData("foo(bar)", null, null, "No line matches.")]
    [InlineData(@"foo\(bar\)$", null, null, "src/b.txt:2:foo(bar)\n[1 matching lines in 1 files]")]
    [InlineData("nothing here", null, null, "No line matches.")]
    public async Task What_matches_is_listed(string pattern, string? glob, string? mode, string text)
    {
        var answer = await _server.CallAsync(
            "grep_search",
            Ct,
            ("pattern", pattern),
            ("glob", glob),
            ("output_mode", mode),
            ("path", "src")
        );
        Assert.Equal(text, answer.Text);
        Assert.Equal(
            text,
            (
                await _server.CallAsync("grep_search", Ct, ("pattern", pattern), ("glob", glob), ("output_mode", mode))
            ).Text
        );
    }

    [Fact]
    public async Task Case_can_be_ignored()
    {
        var answer = await _server.CallAsync(
            "grep_search",
            Ct,
            ("pattern", "CLASS a"),
            ("path", "src"),
            ("ignore_case", true)
        );
        Assert.Equal("src/a.cs:1:class A\n[1 matching lines in 1 files]", answer.Text);
    }

    [Fact]
    public async Task Context_is_shown_once_and_gaps_are_marked()
    {
        _server.Files.Write("ctx/x.txt", "1\nhit\n3\nhit\n5\n6\n7\n8\nhit\n");
        var answer = await _server.CallAsync("grep_search", Ct, ("pattern", "hit"), ("path", "ctx"), ("context", 1));
        Assert.Equal(
            "ctx/x.txt-1-1\nctx/x.txt:2:hit\nctx/x.txt-3-3\nctx/x.txt:4:hit\nctx/x.txt-5-5\n--\nctx/x.txt-8-8\nctx/x.txt:9:hit\n"
                + "[3 matching lines in 1 files]",
            answer.Text
        );
        Directory.Delete(_server.Files["ctx"], recursive: true);
    }

    [Fact]
    public async Task The_rest_is_counted_and_long_lines_are_cut()
    {
        _server.Files.Write("big/one.txt", string.Concat(Enumerable.Repeat("needle\n", 500)));
        _server.Files.Write("big/two.txt", "needle" + new string('x', 1_000_000));
        var answer = await _server.CallAsync("grep_search", Ct, ("pattern", "needle"), ("path", "big"));
        Assert.EndsWith(
            "[the first 100 lines of 501 matching lines in 2 files; narrow the pattern, path or glob, or raise head_limit]",
            answer.Text,
            StringComparison.Ordinal
        );
        Assert.True(answer.Truncated);
        var one = await _server.CallAsync("grep_search", Ct, ("pattern", "needlex"), ("path", "big/two.txt"));
        Assert.Contains("xxx[… 999706 more]\n", one.Text, StringComparison.Ordinal);
        Directory.Delete(_server.Files["big"], recursive: true);
    }

    [Fact]
    public async Task An_ignored_file_is_searched_when_it_is_named()
    {
        Assert.StartsWith(
            "obj/c.cs:1:value\n",
            (await _server.CallAsync("grep_search", Ct, ("pattern", "value"), ("path", "obj/c.cs"))).Text,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "obj/c.cs:1:value\n",
            (await _server.CallAsync("grep_search", Ct, ("pattern", "value"), ("path", "obj"))).Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Files_too_large_are_counted_and_fifos_are_passed_over()
    {
        await _server.BashAsync("mkdir -p odd; mkfifo odd/fifo; truncate -s 20M odd/large; echo oddity > odd/text", Ct);
        var answer = await _server.CallAsync("grep_search", Ct, ("pattern", "oddity"), ("path", "odd"));
        await _server.BashAsync("rm -r odd", Ct);
        Assert.Equal(
            "odd/text:1:oddity\n[1 matching lines in 1 files]\n[1 files of more than 16 MB were not searched]",
            answer.Text
        );
    }

    [Fact]
    public async Task A_pattern_that_would_take_for_ever_does_not()
    {
        _server.Files.Write("evil.txt", new string('a', 50_000) + "!");
        var linear = await _server.CallAsync("grep_search", Ct, ("pattern", "^(a+)+$"), ("path", "evil.txt"));
        Assert.Equal("No line matches.", linear.Text);
        var stopped = await _server.CallAsync("grep_search", Ct, ("pattern", "^(?=(a+)+$)"), ("path", "evil.txt"));
        Assert.Contains("takes too long", stopped.Text, StringComparison.Ordinal);
        File.Delete(_server.Files["evil.txt"]);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("long.txt", 4095)]
    public void A_search_that_takes_too_long_ends_with_what_it_found(string path, int found)
    {
        _server.Files.Write("long.txt", string.Concat(Enumerable.Repeat("value\n", 10_000)));
        var result = new GrepResult(GrepOutput.Count, 10, 0);
        var notice = new FileSearch(new LinePattern("value", false), result, TimeSpan.Zero).Run(
            new Workspace(_server.Files.Path),
            path,
            filter: null,
            Ct
        );
        File.Delete(_server.Files["long.txt"]);
        Assert.Equal("\n[stopped after 0 s; search in a smaller directory]", notice);
        Assert.Equal(found, result.MatchingLines);
    }

    [Theory]
    [InlineData("a(", "is no regular expression")]
    [InlineData("", "is empty")]
    public async Task A_pattern_that_is_none_is_refused(string pattern, string reason)
    {
        var answer = await _server.CallAsync("grep_search", Ct, ("pattern", pattern));
        Assert.True(answer.IsError);
        Assert.Contains(reason, answer.Text, StringComparison.Ordinal);
    }
}
