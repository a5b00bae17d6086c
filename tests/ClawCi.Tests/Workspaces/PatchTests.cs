using System.Text;
using ClawCi.ChangeSets;
using ClawCi.Sandboxes.Workspaces;
using Xunit;

namespace ClawCi.Tests.Workspaces;

public sealed class PatchTests
{
    [Fact]
    public async Task A_patch_tells_kinds_and_lines()
    {
        using var layers = new TestLayers(
            new TestTree
            {
                ["mod"] = TestFile.Text("1\n2\n"),
                ["gone"] = TestFile.Text("1\n"),
                ["type"] = TestFile.Text("x"),
            }
        );
        await layers.BecomeAsync(
            new TestTree
            {
                ["mod"] = TestFile.Text("1\n2\n3\n"),
                ["bin\n"] = TestFile.Text("\0\u0001"),
                ["type"] = TestFile.Link("y"),
            }
        );
        using var changes = await layers.WalkAsync();
        var patch = await PatchWriter.WriteAsync(changes, layers["changes.patch"], CancellationToken.None);
        Assert.Equal(
            [
                new PatchedFile(@"bin\x0a", "added", null, null),
                new PatchedFile("gone", "deleted", 0, 1),
                new PatchedFile("mod", "modified", 1, 0),
                new PatchedFile("type", "type-changed", 1, 1),
            ],
            patch.Files
        );
        Assert.Contains(
            "diff --git a/mod b/mod\n",
            await File.ReadAllTextAsync(layers["changes.patch"], CancellationToken.None),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            Directory.GetFileSystemEntries(layers["."]),
            path => Path.GetFileName(path).StartsWith('.')
        );
    }

    [Fact]
    public async Task No_change_is_an_empty_patch()
    {
        using var layers = new TestLayers();
        var patch = await PatchWriter.WriteAsync(ChangeSet.Empty, layers["changes.patch"], CancellationToken.None);
        Assert.Equal((0L, 0), (patch.Bytes, patch.Files.Count));
        Assert.Equal("", await File.ReadAllTextAsync(layers["changes.patch"], CancellationToken.None));
    }

    [Fact]
    public async Task Attributes_configuration_and_encodings_of_the_agent_change_no_byte_and_run_nothing()
    {
        var before = new TestTree { ["a.txt"] = TestFile.Text("one\r\ntwo\r\n"), ["id.txt"] = TestFile.Text("$Id$\n") };
        var after = new TestTree(before)
        {
            [".gitattributes"] = TestFile.Text(
                "* text eol=crlf working-tree-encoding=UTF-16 filter=evil diff=evil ident -diff\n"
            ),
            ["sub/.gitattributes"] = TestFile.Text("* binary\n"),
            ["a.txt"] = TestFile.Text("one\ntwo\r\nthree"),
            ["id.txt"] = TestFile.Text("$Id: forged $\n"),
            ["sub/b"] = TestFile.Text("text\n"),
        };
        using var layers = new TestLayers(before);
        await layers.BecomeAsync(after);
        var ran = layers["ran"];
        new TestTree
        {
            [".git/config"] = TestFile.Text(
                $"[core]\nfsmonitor=touch {ran}\nhooksPath=.\n[filter \"evil\"]\nclean=touch {ran}\nrequired\n[diff \"evil\"]\ntextconv=touch {ran}\ncommand=touch {ran}\n[diff]\nexternal=touch {ran}\n"
            ),
        }.WriteTo(layers.Merged);
        using var changes = await layers.WalkAsync();
        await PatchWriter.WriteAsync(changes, layers["changes.patch"], CancellationToken.None);

        var text = await File.ReadAllTextAsync(layers["changes.patch"], Encoding.Latin1, CancellationToken.None);
        Assert.Contains("-one\r\n+one\n two\r\n+three\n\\ No newline at end of file\n", text, StringComparison.Ordinal);
        Assert.Contains("-$Id$\n+$Id: forged $\n", text, StringComparison.Ordinal);
        Assert.Contains("+text\n", text, StringComparison.Ordinal);
        Assert.False(File.Exists(ran));
        await RoundTripTests.RoundTripAsync(before, after, withGit: false);
    }

    [Fact]
    public async Task A_directory_named_by_a_space_is_applied_although_git_cannot()
    {
        await RoundTripTests.RoundTripAsync([], new TestTree { [" /x"] = TestFile.Text("\0") }, withGit: false);
    }

    [Fact]
    public async Task A_symlink_to_itself_gives_way_to_a_directory_although_git_cannot()
    {
        var before = new TestTree { ["loop"] = TestFile.Link("loop") };
        await RoundTripTests.RoundTripAsync(before, new TestTree { ["loop/x"] = TestFile.Text("x") }, withGit: false);
    }
}
