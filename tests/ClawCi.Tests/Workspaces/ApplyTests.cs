using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Posix;
using ClawCi.Sandboxes.Workspaces;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Workspaces;

public sealed class ApplyTests
{
    private static readonly TestTree Before = new()
    {
        ["a/keep"] = TestFile.Text("keep"),
        ["a/gone"] = TestFile.Text("gone"),
        ["mod"] = TestFile.Text("old"),
        ["dir/x"] = TestFile.Text("x"),
        ["dir/sub/y"] = TestFile.Text("y"),
        ["file"] = TestFile.Text("file"),
        ["link"] = TestFile.Link("a"),
    };

    private static readonly TestTree After = new()
    {
        ["a/keep"] = TestFile.Text("keep"),
        ["mod"] = new TestFile(FileKind.Executable, "new"),
        ["dir"] = TestFile.Text("now a file"),
        ["file/below"] = TestFile.Text("now a directory"),
        ["link"] = TestFile.Link("b"),
        ["new/deep/file"] = TestFile.Text("new"),
    };

    public static TheoryData<string, string> Conflicts =>
        new()
        {
            { "echo other > mod", "mod has other content" },
            { "chmod +x mod", "mod has another type or mode" },
            { "rm mod && ln -s a mod", "mod has another type or mode" },
            { "rm -r mod && mkdir mod", "mod has another type or mode" },
            { "rm a/gone", "a/gone was deleted" },
            { "rm -r a", "a/gone was deleted" },
            { "mv a b && ln -s b a", "a/gone is below a symlink or file" },
            { "rm link && ln -s elsewhere link", "link points elsewhere" },
            { "mkdir -p new/deep && echo > new/deep/file", "new/deep/file exists already" },
            { "ln -s a new", "new/deep/file is below a symlink or file" },
            { "echo > new", "new/deep/file is below a symlink or file" },
            { "echo > dir/unknown", "dir/unknown is in a directory that is to be replaced" },
            { "mkdir dir/.git && echo > dir/.git/HEAD", "dir/.git/HEAD is in a directory that is to be replaced" },
            { "mkfifo dir/pipe", "dir/pipe is in a directory that is to be replaced" },
        };

    [Theory]
    [MemberData(nameof(Conflicts))]
    public async Task A_checkout_that_does_not_fit_is_named_and_not_touched(string edit, string problem)
    {
        using var layers = new TestLayers(Before);
        await layers.BecomeAsync(After);
        using var changes = await layers.WalkAsync();
        var checkout = await layers.CopyOfLowerAsync("checkout");
        await TestLayers.RunAsync("/bin/sh", "-c", $"cd '{checkout}' && {edit}");
        var before = await ListAsync(checkout);

        var said = await Applier.ApplyAsync(changes, checkout, CancellationToken.None);

        Assert.Contains(problem, said, StringComparison.Ordinal);
        Assert.Equal(before, await ListAsync(checkout));
    }

    [Fact]
    public async Task What_cannot_be_cleared_away_after_everything_was_applied_is_no_failure()
    {
        using var layers = new TestLayers(Before);
        await layers.BecomeAsync(After);
        using var changes = await layers.WalkAsync();
        var checkout = await layers.CopyOfLowerAsync("checkout");
        var result = await ChangeSetApplier.ApplyAsync(
            changes,
            checkout,
            CancellationToken.None,
            "aside",
            () => Directory.CreateDirectory(Path.Combine(checkout, "aside", "stays"))
        );
        Assert.IsType<ApplyResult.Applied>(result);
        Assert.Equal("new", File.ReadAllText(Path.Combine(checkout, "mod")));
    }

    [Fact]
    public async Task Empty_directories_in_the_place_of_a_file_give_way()
    {
        using var layers = new TestLayers(Before);
        await layers.BecomeAsync(After);
        using var changes = await layers.WalkAsync();
        var checkout = await layers.CopyOfLowerAsync("checkout");
        Directory.CreateDirectory(checkout + "/dir/empty/below");
        Assert.Null(await Applier.ApplyAsync(changes, checkout, CancellationToken.None));
        Assert.Equal(After.Show(), TestTree.ReadFrom(checkout).Show());
    }

    [Fact]
    public async Task Parents_left_empty_go_and_others_stay()
    {
        using var layers = new TestLayers(
            new TestTree
            {
                ["a/b/c/x"] = TestFile.Text("x"),
                ["a/keep"] = TestFile.Text("k"),
                ["moved/x"] = TestFile.Text("x"),
            }
        );
        await layers.BecomeAsync(new TestTree { ["a/keep"] = TestFile.Text("k"), ["moved/y"] = TestFile.Text("x") });
        using var changes = await layers.WalkAsync();
        var checkout = await layers.CopyOfLowerAsync("checkout");
        await TestLayers.RunAsync("/bin/chmod", "0710", checkout + "/moved");
        Assert.Null(await Applier.ApplyAsync(changes, checkout, CancellationToken.None));
        Assert.False(Directory.Exists(checkout + "/a/b"));
        Assert.Equal((UnixFileMode)0b111_001_000, File.GetUnixFileMode(checkout + "/moved"));
    }

    [Fact]
    public async Task Permissions_of_a_modified_file_stay_but_for_execution()
    {
        using var layers = new TestLayers(Before);
        await layers.BecomeAsync(After);
        using var changes = await layers.WalkAsync();
        var checkout = await layers.CopyOfLowerAsync("checkout");
        await TestLayers.RunAsync("/bin/chmod", "0640", checkout + "/mod");
        Assert.Null(await Applier.ApplyAsync(changes, checkout, CancellationToken.None));
        Assert.Equal((UnixFileMode)0b111_101_000, File.GetUnixFileMode(checkout + "/mod"));
        Assert.Equal((UnixFileMode)0b110_100_100, File.GetUnixFileMode(checkout + "/dir"));
    }

    [Fact]
    public async Task What_root_writes_belongs_to_the_owner_of_the_checkout()
    {
        Assert.SkipUnless(Libc.GetEUid() == 0, "only root can give files away");
        using var layers = new TestLayers(Before);
        await layers.BecomeAsync(After);
        using var changes = await layers.WalkAsync();
        var checkout = await layers.CopyOfLowerAsync("checkout");
        await TestLayers.RunAsync("/bin/chown", "-R", "1234:2345", checkout);
        Assert.Null(await Applier.ApplyAsync(changes, checkout, CancellationToken.None));
        var others = await TestLayers.RunAsync(
            "/usr/bin/find",
            checkout,
            "!",
            "-uid",
            "1234",
            "-o",
            "!",
            "-gid",
            "2345"
        );
        Assert.Equal("", others.OutputText);
    }

    [Theory]
    [InlineData("size=64k")]
    [InlineData("nr_inodes=16")]
    public async Task A_full_disk_half_way_leaves_the_checkout_as_it_was(string limit)
    {
        Assert.SkipUnless(Libc.GetEUid() == 0, "only root can mount");
        var after = new TestTree(After);
        for (var i = 0; i < 12; i++)
            after[$"big/{i}"] = TestFile.Text(new string('x', 8000));
        using var layers = new TestLayers(Before);
        await layers.BecomeAsync(after);
        using var changes = await layers.WalkAsync();
        using var disk = await TmpFs.MountAsync(layers["disk"], limit);
        Before.WriteTo(disk.Path);
        var before = await ListAsync(disk.Path);

        var said = await Applier.ApplyAsync(changes, disk.Path, CancellationToken.None);

        Assert.Contains("space", said, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(before, await ListAsync(disk.Path));
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_leaves_the_checkout_as_it_was()
    {
        Assert.SkipUnless(Libc.GetEUid() == 0, "only root can set the immutable flag");
        using var layers = new TestLayers(Before);
        await layers.BecomeAsync(After);
        using var changes = await layers.WalkAsync();
        var checkout = await layers.CopyOfLowerAsync("checkout");
        // Permission bits do not stop root; this does, and only once deletions are under way.
        await TestLayers.RunAsync("/usr/bin/chattr", "+i", checkout + "/a");
        try
        {
            var before = await ListAsync(checkout);
            var said = await Applier.ApplyAsync(changes, checkout, CancellationToken.None);
            Assert.Contains("not permitted", said, StringComparison.Ordinal);
            Assert.Equal(before, await ListAsync(checkout));
        }
        finally
        {
            await TestLayers.RunAsync("/usr/bin/chattr", "-i", checkout + "/a");
        }
    }

    [Fact]
    public async Task A_cancelled_apply_leaves_the_checkout_as_it_was()
    {
        using var layers = new TestLayers(Before);
        await layers.BecomeAsync(After);
        using var changes = await layers.WalkAsync();
        var checkout = await layers.CopyOfLowerAsync("checkout");
        var before = await ListAsync(checkout);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Applier.ApplyAsync(changes, checkout, new CancellationToken(true))
        );
        Assert.Equal(before, await ListAsync(checkout));
    }

    [Fact]
    public async Task A_racer_that_swaps_a_directory_for_a_symlink_gets_nothing_outside_touched()
    {
        var before = new TestTree();
        var after = new TestTree();
        for (var i = 0; i < 40; i++)
        {
            before[$"d/sub/deep/{i}"] = TestFile.Text("old");
            after[$"d/sub/deep/{i}"] = TestFile.Text("new");
            after[$"d/sub/deep/new-{i}"] = TestFile.Text("new");
        }
        using var layers = new TestLayers(before);
        await layers.BecomeAsync(after);
        using var changes = await layers.WalkAsync();
        var canary = before.WriteTo(layers["canary"]);
        for (var round = 0; round < 15; round++)
        {
            var checkout = await layers.CopyOfLowerAsync($"checkout{round}");
            using var stop = new CancellationTokenSource();
            var racer = Task.Run(() => Swap(checkout, canary + "/d/sub", stop.Token), CancellationToken.None);
            await ChangeSetApplier.ApplyAsync(changes, checkout, CancellationToken.None);
            await stop.CancelAsync();
            await racer;
        }
        Assert.Equal(before.Show(), TestTree.ReadFrom(canary).Show());
    }

    [Fact]
    public void Both_ways_of_opening_stay_beneath_and_follow_nothing()
    {
        using var temp = new TempDirectory();
        temp.Write("a/b/file", "x");
        File.CreateSymbolicLink(temp["a/out"], "/etc");
        File.CreateSymbolicLink(temp["a/b/link"], "file");
        using var root = Tree.OpenRoot(temp.Path);
        foreach (var open in (Opener[])[Beneath.Open, Beneath.OpenByComponent])
        {
            using (var file = open(root, "a/b/file"u8, OpenFlags.Read, out _))
                Assert.NotNull(file);
            Assert.Null(open(root, "a/out/passwd"u8, OpenFlags.Read, out var error));
            Assert.Contains(error, (int[])[Errno.Loop, Errno.NotDirectory]);
            Assert.Null(open(root, "a/b/link"u8, OpenFlags.Read, out error));
            Assert.Equal(Errno.Loop, error);
            Assert.Null(open(root, "a/none/x"u8, OpenFlags.Read, out error));
            Assert.Equal(Errno.NoEntry, error);
        }
    }

    private delegate Microsoft.Win32.SafeHandles.SafeFileHandle? Opener(
        Microsoft.Win32.SafeHandles.SafeFileHandle root,
        ReadOnlySpan<byte> path,
        int flags,
        out int error
    );

    /// <summary>Exchanges directory and symlink in one step, so that the path is always there and its content always right.</summary>
    private static void Swap(string checkout, string target, CancellationToken stop)
    {
        const uint Exchange = 2;
        File.CreateSymbolicLink(checkout + "/d/other", target);
        using var directory = Tree.OpenRoot(checkout + "/d");
        for (var pause = 1; !stop.IsCancellationRequested; pause = (pause * 7) % 5003)
        {
            _ = Libc.RenameAt2(directory, [.. "sub"u8, 0], directory, [.. "other"u8, 0], Exchange);
            // Uneven, so that now and then the comparison gets through and the writing is raced, too.
            Thread.SpinWait(pause * 20);
        }
    }

    private static async Task<string> ListAsync(string directory)
    {
        // Everything that a person could notice, but for times of directories.
        var list = await TestLayers.RunAsync("/usr/bin/find", directory, "-printf", "%P %y %m %U:%G %s %l\\n");
        return string.Join(
                '\n',
                list.OutputText.Split('\n')
                    .Where(line => !line.Contains(" d ", StringComparison.Ordinal) || !line.StartsWith(' '))
                    .Order(StringComparer.Ordinal)
            ) + TestTree.ReadFrom(directory).Show();
    }
}
