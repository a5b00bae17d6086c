using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Posix;
using ClawCi.ToolServer.Walk;
using Xunit;

namespace ClawCi.Tests.Workspaces;

public sealed class WalkTests
{
    private static readonly TestFile X = TestFile.Text("x\n");

    [Fact]
    public async Task Nothing_touched_is_nothing_changed()
    {
        using var layers = new TestLayers(new TestTree { ["a/b"] = X, ["c"] = X });
        await layers.OpenAsync();
        using var changes = await layers.WalkAsync();
        Assert.True(changes.IsEmpty);
        Assert.Empty(changes.Skipped);
    }

    [Fact]
    public async Task The_base_says_what_is_ignored_at_every_level_and_the_agent_does_not()
    {
        var before = new TestTree
        {
            [".gitignore"] = TestFile.Text("*.log\n/out/\n!keep.log\n"),
            ["sub/.gitignore"] = TestFile.Text("local\n"),
            [".git/info/exclude"] = TestFile.Text("excluded\n"),
            [".git/HEAD"] = X,
        };
        var after = new TestTree(before)
        {
            [".gitignore"] = TestFile.Text("*\n"),
            ["a.log"] = X,
            ["keep.log"] = X,
            ["out/deep/x"] = X,
            ["sub/local"] = X,
            ["sub/seen"] = X,
            ["local"] = X,
            ["excluded"] = X,
            ["hidden/.gitignore"] = TestFile.Text("*\n"),
            ["hidden/evil"] = X,
        };
        after.Remove(".git", tree: true);
        using var layers = new TestLayers(before);
        await layers.BecomeAsync(after);
        using var changes = await layers.WalkAsync();

        Assert.Equal(
            [".gitignore", "hidden/.gitignore", "hidden/evil", "keep.log", "local", "sub/seen"],
            Paths(changes)
        );
        Assert.Equal(
            [
                ("a.log", SkipReason.Ignored),
                ("excluded", SkipReason.Ignored),
                ("out", SkipReason.Ignored),
                ("sub/local", SkipReason.Ignored),
            ],
            Skipped(changes)
        );
    }

    [Fact]
    public async Task Git_directories_in_every_spelling_are_left_alone_and_their_neighbours_are_not()
    {
        var after = new TestTree
        {
            [".git/hooks/pre-commit"] = X,
            [".GIT/config"] = X,
            ["git~1/config"] = X,
            ["nested/.git/config"] = X,
            ["nested/file"] = X,
            [".git."] = X,
            ["x\\.git"] = X,
            [".gitmodules"] = TestFile.Link("/etc/passwd"),
            ["link"] = TestFile.Link(".git"),
        };
        using var layers = new TestLayers(new TestTree { ["pointer/.git"] = TestFile.Text("gitdir: /etc\n") });
        await layers.OpenAsync();
        after.WriteTo(layers.Merged);
        File.WriteAllText(Path.Combine(layers.Merged, "pointer/.git"), "gitdir: elsewhere\n");
        using var changes = await layers.WalkAsync();

        Assert.Equal(["link", "nested/file"], Paths(changes));
        Assert.Equal(
            [".GIT", ".git.", ".gitmodules", "git~1", "nested/.git", "pointer/.git", @"x\\.git"],
            Skipped(changes).Select(path => path.Path)
        );
        Assert.All(changes.Skipped, path => Assert.Equal(SkipReason.GitName, path.Reason));
    }

    [Fact]
    public async Task What_git_cannot_record_is_listed()
    {
        using var layers = new TestLayers(
            new TestTree
            {
                ["was-file"] = X,
                ["emptied/a"] = X,
                ["setuid"] = X,
            }
        );
        await layers.OpenAsync();
        Directory.CreateDirectory(layers.Merged + "/empty");
        File.Delete(layers.Merged + "/emptied/a");
        File.Delete(layers.Merged + "/was-file");
        await TestLayers.RunAsync("/usr/bin/mkfifo", layers.Merged + "/was-file", layers.Merged + "/fifo");
        await TestLayers.RunAsync("/bin/chmod", "u+s", layers.Merged + "/setuid");
        using var changes = await layers.WalkAsync();

        Assert.Equal(["emptied/a", "was-file"], Paths(changes));
        Assert.All(changes.Entries, entry => Assert.Null(entry.New));
        Assert.Equal(
            [
                ("emptied", SkipReason.EmptyDirectory),
                ("empty", SkipReason.EmptyDirectory),
                ("fifo", SkipReason.SpecialFile),
                ("setuid", SkipReason.SpecialMode),
                ("was-file", SkipReason.SpecialFile),
            ],
            Skipped(changes)
        );
    }

    [Fact]
    public async Task A_sparse_file_over_the_cap_is_listed_with_its_size_and_not_read()
    {
        using var layers = new TestLayers(new TestTree { ["grows"] = X });
        await layers.OpenAsync();
        foreach (var name in (string[])["/grows", "/sparse"])
        {
            using var file = File.OpenWrite(layers.Merged + name);
            file.SetLength(1L << 40);
        }
        using var changes = await layers.WalkAsync();
        Assert.True(changes.IsEmpty);
        Assert.Equal(
            [("grows", 1L << 40), ("sparse", 1L << 40)],
            changes.Skipped.Select(path => (path.DisplayPath, path.Length))
        );
    }

    [Fact]
    public async Task The_out_directory_belongs_to_no_change_set()
    {
        using var layers = new TestLayers();
        await layers.OpenAsync();
        new TestTree { ["a/out/result.json"] = X, ["a/other"] = X }.WriteTo(layers.Merged);
        using var changes = await layers.WalkAsync("--exclude", "a/out/");
        Assert.Equal(["a/other"], Paths(changes));
        Assert.Equal([("a/out", SkipReason.Excluded)], Skipped(changes));
    }

    [Theory]
    [InlineData("changed", true)]
    [InlineData("dir/changed", true)]
    [InlineData("dir/new-neighbour", true)]
    [InlineData("other/new", false)]
    public async Task A_base_that_changed_underneath_is_noticed(string touched, bool expected)
    {
        using var layers = new TestLayers(
            new TestTree
            {
                ["changed"] = X,
                ["dir/changed"] = X,
                ["other/x"] = X,
            }
        );
        using (var root = Tree.OpenRoot(layers.Lower))
        {
            // The clock of the file system ticks more slowly than ours.
            var started = (Tree.Status(root).Changed / 1_000_000) + 1;
            await layers.BecomeAsync(
                new TestTree
                {
                    ["changed"] = TestFile.Text("y"),
                    ["dir/changed"] = TestFile.Text("y"),
                    ["other/x"] = X,
                }
            );
            while (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() < started + 20)
                await Task.Yield();
            File.WriteAllText(Path.Combine(layers.Lower, touched), "saved by an editor");
            using var changes = await layers.WalkAsync("--started", $"{started + 10}");
            Assert.Equal(expected, changes.BaseChanged.Count > 0);
            var result = await ChangeSetApplier.ApplyAsync(
                changes,
                await layers.CopyOfLowerAsync("copy"),
                CancellationToken.None
            );
            Assert.Equal(expected, result is ApplyResult.Mismatch);
        }
    }

    [Fact]
    public async Task Caps_end_the_walk_with_a_reason()
    {
        using var layers = new TestLayers();
        await layers.BecomeAsync(
            new TestTree
            {
                ["a"] = X,
                ["b"] = X,
                ["c"] = X,
            }
        );
        var entries = await Assert.ThrowsAsync<ChangeSetException>(() => layers.WalkAsync("--max-entries", "2"));
        Assert.Equal("more than 2 changed files", entries.Message);
        var bytes = await Assert.ThrowsAsync<ChangeSetException>(() => layers.WalkAsync("--max-total-bytes", "5"));
        Assert.Equal("more than 5 bytes of changed contents", bytes.Message);
        using var some = await layers.WalkAsync("--max-file-bytes", "1", "--max-skipped", "2");
        Assert.Equal((1, 2L), (some.Skipped.Count, some.UnlistedSkips));
    }

    [Fact]
    public async Task A_tree_too_deep_to_open_is_listed_and_not_followed()
    {
        using var layers = new TestLayers();
        await layers.OpenAsync();
        Directory.CreateDirectory(layers.Merged + string.Concat(Enumerable.Repeat("/d", 300)));
        using var changes = await layers.WalkAsync();
        Assert.True(changes.IsEmpty);
        Assert.Equal([SkipReason.TooDeep], changes.Skipped.Select(path => path.Reason));
    }

    [Theory]
    [InlineData]
    [InlineData("--lower", "/")]
    [InlineData("--lower", "/", "--upper", "/", "--merged")]
    [InlineData("--lower", "/", "--upper", "/", "--merged", "/", "--max-entries", "-1")]
    [InlineData("--lower", "/", "--upper", "/", "--merged", "/", "--what", "1")]
    public async Task Wrong_arguments_are_answered_with_the_usage(params string[] arguments)
    {
        using var error = new StringWriter();
        Assert.Equal(2, await WalkVerb.RunAsync(arguments, Stream.Null, error, CancellationToken.None));
        Assert.StartsWith("usage: ", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_that_is_not_there_is_an_error_in_the_stream()
    {
        using var wire = new MemoryStream();
        Assert.Equal(
            1,
            await WalkVerb.RunAsync(
                ["--lower", "/nowhere", "--upper", "/", "--merged", "/"],
                wire,
                TextWriter.Null,
                CancellationToken.None
            )
        );
        using var read = new MemoryStream(wire.ToArray());
        var error = await Assert.ThrowsAsync<ChangeSetException>(() =>
            ChangeSetReader.ReadAsync(read, Path.GetTempPath(), ChangeSetCaps.Default, CancellationToken.None)
        );
        Assert.Equal("/nowhere: No such file or directory", error.Message);
    }

    private static IEnumerable<string> Paths(ChangeSet changes) => changes.Entries.Select(entry => entry.DisplayPath);

    private static IEnumerable<(string Path, SkipReason)> Skipped(ChangeSet changes) =>
        changes.Skipped.Select(path => (path.DisplayPath, path.Reason));
}
