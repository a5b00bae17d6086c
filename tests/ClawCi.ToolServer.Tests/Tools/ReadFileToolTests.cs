using System.Text;
using ModelContextProtocol.Protocol;
using Xunit;

namespace ClawCi.ToolServer.Tests.Tools;

public sealed class ReadFileToolTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly Server _server = fixture.Server;

    [Fact]
    public async Task Lines_come_with_their_numbers()
    {
        _server.Files.Write("a/b.txt", "one\r\ntwo\n\nfour");
        var answer = await ReadAsync("a/b.txt");
        Assert.Equal("     1\tone\n     2\ttwo\n     3\t\n     4\tfour\n", answer.Text);
        Assert.Equal((false, false), (answer.IsError, answer.Truncated));
        Assert.Equal(answer.Text, (await ReadAsync(_server.Files["a/b.txt"])).Text);
    }

    [Fact]
    public async Task A_part_says_where_to_go_on()
    {
        _server.Files.Write("long.txt", string.Join('\n', Enumerable.Range(1, 5000)) + "\n");
        var answer = await ReadAsync("long.txt");
        Assert.EndsWith(
            "  2000\t2000\n[lines 1 to 2000 of 5000; go on with offset 2001]\n",
            answer.Text,
            StringComparison.Ordinal
        );
        Assert.True(answer.Truncated);
        var rest = await ReadAsync("long.txt", offset: 4999, limit: 10);
        Assert.Equal("  4999\t4999\n  5000\t5000\n", rest.Text);
        var beyond = await ReadAsync("long.txt", offset: 5001);
        Assert.True(beyond.IsError);
        Assert.Equal("long.txt has 5000 lines, so there is no line 5001.", beyond.Text);
    }

    [Fact]
    public async Task Fifty_kilobytes_are_the_most()
    {
        _server.Files.Write("wide.txt", string.Concat(Enumerable.Repeat(new string('w', 999) + "\n", 200)));
        var answer = await ReadAsync("wide.txt");
        Assert.EndsWith("[lines 1 to 50 of 200; go on with offset 51]\n", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_of_a_megabyte_is_cut_and_what_follows_is_shown()
    {
        _server.Files.Write("minified.js", new string('m', 1_000_000) + "\nend\n");
        var answer = await ReadAsync("minified.js");
        Assert.Contains(
            "m[… 998000 bytes of this line left out]\n     2\tend\n",
            answer.Text,
            StringComparison.Ordinal
        );
        Assert.True(answer.Truncated);
    }

    [Fact]
    public async Task What_is_no_UTF_8_is_shown_with_replacement_characters()
    {
        await File.WriteAllBytesAsync(_server.Files["latin1.txt"], Encoding.Latin1.GetBytes("caf\xe9\n"), Ct);
        Assert.Equal("     1\tcaf\ufffd\n", (await ReadAsync("latin1.txt")).Text);
        await File.WriteAllBytesAsync(_server.Files["bom.txt"], [0xEF, 0xBB, 0xBF, .. "x\n"u8], Ct);
        Assert.Equal("     1\tx\n", (await ReadAsync("bom.txt")).Text);
    }

    [Fact]
    public async Task An_empty_file_is_said_to_be_empty()
    {
        _server.Files.Write("empty", "");
        Assert.Equal("(empty is empty)", (await ReadAsync("empty")).Text);
    }

    [Theory]
    [InlineData("binary", "is a binary file of 4 bytes")]
    [InlineData("directory", "is a directory")]
    [InlineData("fifo", "is a fifo, socket or device")]
    [InlineData("Progam.cs", "does not exist. Beside Progam.cs there is Program.cs.")]
    [InlineData("nothing/like/it", "does not exist. Find it with glob_search.")]
    [InlineData("binary/x", "binary is not a directory")]
    [InlineData("a\0b", "NUL")]
    public async Task What_cannot_be_read_is_refused_with_the_reason(string path, string reason)
    {
        await File.WriteAllBytesAsync(_server.Files["binary"], [1, 0, 2, 3], Ct);
        Directory.CreateDirectory(_server.Files["directory"]);
        _server.Files.Write("Program.cs", "");
        await _server.BashAsync("[ -p fifo ] || mkfifo fifo", Ct);
        var answer = await ReadAsync(path);
        Assert.True(answer.IsError);
        Assert.Contains(reason, answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("image/png", new byte[] { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 255 })]
    [InlineData("image/jpeg", new byte[] { 0xFF, 0xD8, 0xFF, 0xE0, 0 })]
    [InlineData("image/gif", new byte[] { 0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 0 })]
    [InlineData("image/webp", new byte[] { 0x52, 0x49, 0x46, 0x46, 1, 0, 0, 0, 0x57, 0x45, 0x42, 0x50 })]
    [InlineData("application/pdf", new byte[] { 0x25, 0x50, 0x44, 0x46, 0x2D, 0x31, 0x2E, 0x37 })]
    public async Task An_image_or_document_is_told_by_its_first_bytes_and_comes_whole(string type, byte[] content)
    {
        await File.WriteAllBytesAsync(_server.Files["picture"], content, Ct);
        var answer = await ReadAsync("picture");
        Assert.Equal($"picture: {type}, {content.Length} bytes.", answer.Text);
        Assert.False(answer.IsError);
        var (said, bytes) = answer.Result.Content[1] switch
        {
            ImageContentBlock image => (image.MimeType, image.DecodedData),
            EmbeddedResourceBlock { Resource: BlobResourceContents blob } => (blob.MimeType, blob.DecodedData),
            _ => default,
        };
        Assert.Equal(type, said);
        Assert.Equal(content, bytes.ToArray());
    }

    [Fact]
    public async Task An_image_that_is_too_large_is_refused_and_one_that_is_none_is_text()
    {
        await using (var large = File.Create(_server.Files["large.png"]))
        {
            large.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
            large.SetLength(3_750_001);
        }
        Assert.Equal(
            "large.png (image/png) has 3750001 bytes; 3750000 can be shown at most. Make a smaller one with bash, below /tmp.",
            (await ReadAsync("large.png")).Text
        );
        _server.Files.Write("text.png", "no image\n");
        Assert.Equal("     1\tno image\n", (await ReadAsync("text.png")).Text);
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(1, 0)]
    [InlineData(1, 2001)]
    public async Task A_window_that_cannot_be_is_refused(int offset, int limit) =>
        Assert.True((await ReadAsync("any", offset, limit)).IsError);

    private Task<Answer> ReadAsync(string path, int? offset = null, int? limit = null) =>
        _server.CallAsync("read_file", Ct, ("path", path), ("offset", offset), ("limit", limit));
}
