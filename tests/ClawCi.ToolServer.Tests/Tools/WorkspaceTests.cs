using ClawCi.ChangeSets.Posix;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.ToolServer.Tests.Tools;

/// <summary>The file tools stay inside, whatever a path goes through.</summary>
public sealed class WorkspaceTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly Server _server = fixture.Server;

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("absolute")]
    [InlineData("upwards")]
    [InlineData("directory/passwd")]
    [InlineData("chained/passwd")]
    [InlineData("a/../directory/../etc/passwd")]
    public async Task No_path_leads_outside(string path)
    {
        await LinksAsync();
        foreach (var call in Calls(path))
        {
            var answer = await call;
            Assert.True(answer.IsError, answer.Text);
            Assert.Contains("is outside the workspace", answer.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_path_beside_the_workspace_that_starts_with_its_name_is_outside()
    {
        var answer = await _server.CallAsync("read_file", Ct, ("path", _server.Files.Path + "-other/x"));
        Assert.Contains("is outside the workspace", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("relative/file")]
    [InlineData("inside/file")]
    [InlineData("deep/../real/file")]
    [InlineData("relative/../real/./file")]
    public async Task Links_that_stay_inside_are_followed(string path)
    {
        await LinksAsync();
        var answer = await _server.CallAsync("read_file", Ct, ("path", path));
        Assert.Equal("     1\tcontent\n", answer.Text);
    }

    [Fact]
    public async Task Links_in_a_circle_end()
    {
        await _server.BashAsync("ln -sfn circle2 circle1; ln -sfn circle1 circle2", Ct);
        var answer = await _server.CallAsync("read_file", Ct, ("path", "circle1"));
        Assert.Contains("too many symbolic links", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_written_through_a_dangling_link_that_leads_outside()
    {
        await _server.BashAsync("ln -sfn ../claw-escaped dangling", Ct);
        var answer = await _server.CallAsync("write_file", Ct, ("path", "dangling"), ("content", "x"));
        Assert.True(answer.IsError);
        Assert.False(File.Exists(Path.Combine(_server.Files.Path, "../claw-escaped")));
    }

    [Fact]
    public async Task A_link_swapped_in_all_the_time_never_leads_outside()
    {
        await using var own = await Server.StartAsync(Ct, "race");
        own.Files.Write("secret-free/file", "inside");
        var swap = own.BashAsync(
            "mkdir -p real; echo inside > real/shadow; while [ ! -e stop ]; do "
                + "ln -sfn real moving; ln -sfn /etc moving; rm moving; mkdir moving; rmdir moving; done",
            Ct
        );
        for (var i = 0; i < 300; i++)
        {
            var answer = await own.CallAsync("read_file", Ct, ("path", "moving/shadow"));
            Assert.DoesNotContain("root:", answer.Text, StringComparison.Ordinal);
            Assert.True(answer.IsError || answer.Text == "     1\tinside\n", answer.Text);
        }
        own.Files.Write("stop", "");
        await swap;
    }

    [Fact]
    public async Task What_is_written_into_a_directory_that_becomes_a_link_all_the_time_never_lands_outside()
    {
        const uint Exchange = 2;
        await using var own = await Server.StartAsync(Ct, "race");
        using var outside = new TempDirectory("outside");
        outside.Write("secret", "of others");
        Directory.CreateDirectory(own.Files["moving"]);
        File.CreateSymbolicLink(own.Files["link"], outside.Path);
        using var root = Tree.OpenRoot(own.Files.Path);
        using var done = new CancellationTokenSource();
        var swaps = Task.Factory.StartNew(
            () =>
            {
                while (!done.IsCancellationRequested)
                    _ = Libc.RenameAt2(root, [.. "moving\0"u8], root, [.. "link\0"u8], Exchange);
            },
            Ct,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        var (inside, refused) = (0, 0);
        for (var i = 0; i < 500; i++)
        {
            var written = await own.CallAsync("write_file", Ct, ("path", $"moving/new-{i}"), ("content", "x"));
            (inside, refused) = written.IsError ? (inside, refused + 1) : (inside + 1, refused);
            var read = await own.CallAsync("read_file", Ct, ("path", "moving/secret"));
            Assert.True(read.IsError, read.Text);
        }
        await done.CancelAsync();
        await swaps;
        Assert.Equal([outside["secret"]], Directory.GetFileSystemEntries(outside.Path));
        Assert.True(inside > 0 && refused > 0, $"no race: {inside} written, {refused} refused");
    }

    private async Task LinksAsync() =>
        await _server.BashAsync(
            "mkdir -p a deep real; echo content > real/file; ln -sfn /etc/passwd absolute; ln -sfn ../../../etc/passwd upwards; "
                + "ln -sfn /etc directory; ln -sfn directory chained; ln -sfn real relative; ln -sfn $PWD/real inside",
            Ct
        );

    private IEnumerable<Task<Answer>> Calls(string path) =>
        [
            _server.CallAsync("read_file", Ct, ("path", path)),
            _server.CallAsync("write_file", Ct, ("path", path), ("content", "x")),
            _server.CallAsync("edit_file", Ct, ("path", path), ("old_string", "root"), ("new_string", "x")),
            _server.CallAsync("glob_search", Ct, ("pattern", "*"), ("path", path)),
            _server.CallAsync("grep_search", Ct, ("pattern", "root"), ("path", path)),
        ];
}
