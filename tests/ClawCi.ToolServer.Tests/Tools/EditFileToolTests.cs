using System.Text;
using Xunit;

namespace ClawCi.ToolServer.Tests.Tools;

public sealed class EditFileToolTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly Server _server = fixture.Server;

    [Fact]
    public async Task One_place_is_replaced_and_shown_with_what_is_around_it()
    {
        _server.Files.Write("one.txt", string.Join('\n', Enumerable.Range(1, 9).Select(i => $"line {i}")) + "\n");
        var answer = await EditAsync("one.txt", "line 5\n", "line five\nand a half\n");
        Assert.Equal(
            "Edited one.txt: 1 replacement.\n     2\tline 2\n     3\tline 3\n     4\tline 4\n     5\tline five\n"
                + "     6\tand a half\n     7\tline 6\n     8\tline 7\n     9\tline 8\n    10\tline 9\n",
            answer.Text
        );
        Assert.Contains("line 4\nline five\nand a half\nline 6", await TextAsync("one.txt"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_places_are_refused_with_their_lines_or_all_replaced()
    {
        _server.Files.Write("several.txt", "x = 1\ny\nx = 2\n");
        var refused = await EditAsync("several.txt", "x =", "z =");
        Assert.True(refused.IsError);
        Assert.StartsWith(
            "old_string occurs 2 times in several.txt, at lines 1, 3.",
            refused.Text,
            StringComparison.Ordinal
        );
        var answer = await EditAsync("several.txt", "x =", "z =", replaceAll: true);
        Assert.StartsWith("Edited several.txt: 2 replacements.", answer.Text, StringComparison.Ordinal);
        Assert.Equal("z = 1\ny\nz = 2\n", await TextAsync("several.txt"));
    }

    [Theory]
    [InlineData(
        "if (a) {\n  run();\n}",
        "differ from it only in white space",
        "     2\tif (a) {\n     3\t\trun();\n     4\t}\n"
    )]
    [InlineData("     3\t\trun();", "line number of read_file's", "")]
    [InlineData("retrun value;", "The nearest place is:", "     5\treturn value;\n")]
    [InlineData("Θεός", "nothing like it", "")]
    [InlineData("      ", "only white space", "")]
    public async Task A_text_that_is_not_there_is_answered_with_what_is(string wanted, string reason, string shown)
    {
        _server.Files.Write("miss.txt", "begin\nif (a) {\n\trun();\n}\nreturn value;\n");
        var answer = await EditAsync("miss.txt", wanted, "new");
        Assert.True(answer.IsError);
        Assert.Contains(reason, answer.Text, StringComparison.Ordinal);
        Assert.Contains(shown, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Line_endings_of_the_file_are_kept()
    {
        _server.Files.Write("crlf.txt", "one\r\ntwo\r\nthree\r\n");
        var answer = await EditAsync("crlf.txt", "one\ntwo", "1\n2\n2b");
        Assert.False(answer.IsError, answer.Text);
        Assert.Equal("1\r\n2\r\n2b\r\nthree\r\n", await TextAsync("crlf.txt"));
        _server.Files.Write("mixed.txt", "one\r\ntwo\nthree\n");
        await EditAsync("mixed.txt", "two\n", "2\n");
        Assert.Equal("one\r\n2\nthree\n", await TextAsync("mixed.txt"));
    }

    [Fact]
    public async Task Bytes_that_are_no_text_stay_as_they_are()
    {
        byte[] before = [0xEF, 0xBB, 0xBF, 0xFF, .. "a\n"u8, 0xC3];
        await File.WriteAllBytesAsync(_server.Files["bytes"], before, Ct);
        await EditAsync("bytes", "a", "b");
        Assert.Equal(
            [0xEF, 0xBB, 0xBF, 0xFF, .. "b\n"u8, 0xC3],
            await File.ReadAllBytesAsync(_server.Files["bytes"], Ct)
        );
    }

    [Fact]
    public async Task A_file_that_changed_since_it_was_read_is_refused()
    {
        _server.Files.Write("stale", "one two");
        await _server.CallAsync("read_file", Ct, ("path", "stale"));
        Assert.False((await EditAsync("stale", "one", "1")).IsError);
        await _server.BashAsync("printf 'one two three' > stale", Ct);
        var answer = await EditAsync("stale", "two", "2");
        Assert.Contains("has changed since it was read", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain", "", "x", "old_string is empty")]
    [InlineData("plain", "a", "a", "the same")]
    [InlineData("zeros", "a", "b", "binary")]
    [InlineData("absent", "a", "b", "does not exist")]
    public async Task An_edit_that_cannot_be_is_refused(string path, string from, string to, string reason)
    {
        _server.Files.Write("plain", "a");
        await File.WriteAllBytesAsync(_server.Files["zeros"], [97, 0], Ct);
        var answer = await EditAsync(path, from, to);
        Assert.True(answer.IsError);
        Assert.Contains(reason, answer.Text, StringComparison.Ordinal);
    }

    private Task<Answer> EditAsync(string path, string from, string to, bool? replaceAll = null) =>
        _server.CallAsync(
            "edit_file",
            Ct,
            ("path", path),
            ("old_string", from),
            ("new_string", to),
            ("replace_all", replaceAll)
        );

    private async Task<string> TextAsync(string path) =>
        Encoding.UTF8.GetString(await File.ReadAllBytesAsync(_server.Files[path], Ct));
}
