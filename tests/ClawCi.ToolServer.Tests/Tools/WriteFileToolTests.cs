using Xunit;

namespace ClawCi.ToolServer.Tests.Tools;

public sealed class WriteFileToolTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly Server _server = fixture.Server;

    [Fact]
    public async Task A_new_file_appears_with_its_directories_and_ordinary_modes()
    {
        var answer = await WriteAsync("new/deep/file.txt", "é\n");
        Assert.Equal("Created new/deep/file.txt: 1 lines, 3 bytes.", answer.Text);
        Assert.Equal("é\n", await File.ReadAllTextAsync(_server.Files["new/deep/file.txt"], Ct));
        var modes = await _server.BashAsync(
            "touch made; mkdir dir; stat -c %a made dir new/deep/file.txt new/deep",
            Ct
        );
        var lines = modes.Text.Split('\n');
        Assert.Equal(lines[..2], lines[2..4]);
    }

    [Fact]
    public async Task A_file_that_was_not_read_is_not_replaced()
    {
        _server.Files.Write("precious", "mine");
        var answer = await WriteAsync("precious", "theirs");
        Assert.True(answer.IsError);
        Assert.Contains("has not been read", answer.Text, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(_server.Files["precious"], Ct));
    }

    [Fact]
    public async Task A_file_that_changed_since_it_was_read_is_not_replaced()
    {
        _server.Files.Write("shared", "one");
        await ReadAsync("shared");
        await _server.BashAsync("printf two > shared", Ct);
        var answer = await WriteAsync("shared", "mine");
        Assert.Contains("has changed since it was read", answer.Text, StringComparison.Ordinal);
        Assert.Equal("two", await File.ReadAllTextAsync(_server.Files["shared"], Ct));
        await ReadAsync("shared");
        Assert.StartsWith("Replaced shared", (await WriteAsync("shared", "mine")).Text, StringComparison.Ordinal);
        // What we wrote ourselves we have seen.
        Assert.StartsWith(
            "Replaced shared",
            (await WriteAsync("./shared", "mine again")).Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_replaced_file_keeps_its_mode_and_a_link_to_it_stays_a_link()
    {
        _server.Files.Write("tool.sh", "old");
        await _server.BashAsync("chmod 751 tool.sh; ln -s tool.sh link", Ct);
        await ReadAsync("link");
        await WriteAsync("link", "new");
        var answer = await _server.BashAsync("stat -c '%a %F' tool.sh link; cat tool.sh; ls -A | grep -c tmp", Ct);
        Assert.StartsWith("751 regular file\n777 symbolic link\nnew0\n", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wdir", "is a directory")]
    [InlineData("wdir/", "names a directory")]
    [InlineData("wfile/x", "is not a directory")]
    public async Task What_cannot_be_a_file_is_refused(string path, string reason)
    {
        Directory.CreateDirectory(_server.Files["wdir"]);
        _server.Files.Write("wfile", "");
        var answer = await WriteAsync(path, "x");
        Assert.True(answer.IsError);
        Assert.Contains(reason, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_is_said_and_leaves_the_old_file()
    {
        await using var own = await Server.StartAsync(Ct, "full");
        var mounted = await own.BashAsync("mkdir d; mount -t tmpfs -o size=64k none d && printf old > d/f", Ct);
        Assert.False(mounted.IsError, mounted.Text);
        try
        {
            await own.CallAsync("read_file", Ct, ("path", "d/f"));
            var answer = await own.CallAsync(
                "write_file",
                Ct,
                ("path", "d/f"),
                ("content", new string('x', 1_000_000))
            );
            Assert.True(answer.IsError);
            Assert.Contains("Cannot write d/f", answer.Text, StringComparison.Ordinal);
            Assert.Equal("f\nold", (await own.BashAsync("ls -A d; cat d/f", Ct)).Text);
        }
        finally
        {
            await own.BashAsync("umount d", Ct);
        }
    }

    private Task<Answer> WriteAsync(string path, string content) =>
        _server.CallAsync("write_file", Ct, ("path", path), ("content", content));

    private Task<Answer> ReadAsync(string path) => _server.CallAsync("read_file", Ct, ("path", path));
}
