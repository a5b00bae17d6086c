using System.Text;
using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Patches;
using Xunit;

namespace ClawCi.Tests.Workspaces;

/// <summary>A patch that comes from elsewhere: it is put in as a whole, or not at all, and never beyond the tree.</summary>
public sealed class PatchedTreeTests
{
    private const string Zero = "0000000000000000000000000000000000000000";

    /// <summary>Of <c>x</c> and a line feed.</summary>
    private const string X = "587be6b4c3f93f93c489c0111bba5596147a26cb";

    /// <summary>Of <c>y</c> and a line feed.</summary>
    private const string Y = "975fbec8256d3e8a3797e7a3611380f27c49f4ac";

    private const string XToY = $"diff --git a/f b/f\nindex {X}..{Y} 100644\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-x\n+y\n";

    [Fact]
    public async Task A_large_binary_file_that_changes_a_little_is_a_delta_and_comes_out_whole()
    {
        var random = new Random(1);
        var content = new byte[300_000];
        random.NextBytes(content);
        var before = Encoding.Latin1.GetString(content);
        await RoundTripTests.RoundTripAsync(
            new TestTree { ["big"] = TestFile.Text(before), ["gone"] = TestFile.Text(before[..70_000]) },
            new TestTree
            {
                ["big"] = TestFile.Text(before[1000..150_000] + "\0in between" + before[150_000..] + before[..5000]),
                ["new"] = TestFile.Text("\0" + before[..100_000]),
            }
        );
    }

    [Fact]
    public async Task Git_and_we_name_contents_alike()
    {
        foreach (var length in (int[])[0, 1, 47, 48, 55, 56, 57, 63, 64, 119, 120, 1000])
        {
            var content = Encoding.ASCII.GetBytes(new string('a', length));
            using var layers = new TestLayers();
            await File.WriteAllBytesAsync(layers["content"], content, TestContext.Current.CancellationToken);
            var git = await TestLayers.RunAsync("git", "hash-object", "--no-filters", layers["content"]);
            Assert.Equal(git.OutputText.Trim(), Convert.ToHexStringLower(GitBlob.Hash(content)));
        }
    }

    [Theory]
    [InlineData("x\n", "setup\n", null)]
    [InlineData("x\n", null, null)]
    [InlineData("z\n", "setup\n", "f has other content")]
    [InlineData(null, "setup\n", "f has other content")]
    public async Task Where_setup_changed_a_file_the_patch_is_held_against_the_checkouts_own(
        string? checkout,
        string? there,
        string? conflict
    )
    {
        using var layers = new TestLayers(Holding(there));
        using var own = await OwnAsync(Holding(checkout));
        var result = await PutInAsync(layers, XToY, own);
        if (conflict is null)
            Assert.Equal("y\n", await File.ReadAllTextAsync(layers.Lower + "/f", Now));
        else
            Assert.Equal(conflict, $"f {Assert.Single(Assert.IsType<ApplyResult.Mismatch>(result).Conflicts).Problem}");
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("setup\n", false)]
    public async Task A_file_that_the_patch_adds_replaces_setups_and_never_the_checkouts(string? checkout, bool fits)
    {
        using var layers = new TestLayers(Holding("setup\n"));
        using var own = await OwnAsync(Holding(checkout));
        Assert.Equal(fits, await PutInAsync(layers, Add("f"), own) is ApplyResult.Applied);
    }

    [Theory]
    [InlineData("z\n", "f has other content")]
    [InlineData(null, "f is not there")]
    public async Task Another_file_than_the_one_the_patch_was_made_from_is_a_conflict(string? there, string conflict)
    {
        var tree = new TestTree();
        if (there is not null)
            tree["f"] = TestFile.Text(there);
        using var layers = new TestLayers(tree);
        var result = Assert.IsType<ApplyResult.Mismatch>(await PutInAsync(layers, Add("new") + XToY));
        Assert.Equal(conflict, string.Join(", ", result.Conflicts.Select(one => $"{one.Path} {one.Problem}")));
        Assert.Equal(tree.Show(), TestTree.ReadFrom(layers.Lower).Show());
    }

    [Fact]
    public async Task A_file_below_a_symlink_is_not_written()
    {
        using var layers = new TestLayers(new TestTree { ["link"] = TestFile.Link("/tmp") });
        Assert.IsType<ApplyResult.Mismatch>(await PutInAsync(layers, Add("link/claw-ci-escaped")));
        Assert.False(File.Exists("/tmp/claw-ci-escaped"));
    }

    [Theory]
    [InlineData("../f")]
    [InlineData("/f")]
    [InlineData("a/../../f")]
    [InlineData(".git/hooks/pre-commit")]
    [InlineData("a/.GIT/config")]
    [InlineData("a//f")]
    public void A_path_that_leads_out_or_into_git_makes_the_patch_none(string path) =>
        Assert.Throws<ChangeSetException>(() => Read(Add(path)));

    [Theory]
    [InlineData("hello\n", "line 1 of the patch: a file's part begins with `diff --git`")]
    [InlineData("diff --git a/f b/g\n", "line 1 of the patch: this names no file")]
    [InlineData("diff --git a/f b/f\n", "line 1 of the patch: the index is missing")]
    [InlineData("diff --git a/f b/f\nold mode 100644\n", "line 2 of the patch: the new mode is missing")]
    [InlineData(
        "diff --git a/f b/f\nnew file mode 160000\n",
        "line 2 of the patch: only files and symbolic links can be patched"
    )]
    [InlineData("diff --git a/f b/f\nindex 1234..5678 100644\n", "line 2 of the patch: the index has no full hashes")]
    [InlineData(
        $"diff --git a/f b/f\nindex {X}..{Y} 100644\n--- a/f\n+++ b/f\n@@ -1 +1,9 @@\n-x\n+y\n",
        "line 7 of the patch: it is cut off"
    )]
    [InlineData(
        $"diff --git a/f b/f\nindex {X}..{Y} 100644\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-x\n-x\n+y\n",
        "line 7 of the patch: the hunk holds other lines than it counts"
    )]
    [InlineData(
        $"diff --git a/f b/f\nindex {X}..{Y} 100644\nGIT binary patch\nhuge 1\n\n",
        "line 3 of the patch: this is no binary patch"
    )]
    [InlineData($"{XToY}{XToY}", "the patch is malformed at f: paths twice or out of order")]
    public void What_is_no_patch_of_ours_is_refused_with_the_line(string patch, string why) =>
        Assert.Equal(why, Assert.Throws<ChangeSetException>(() => Read(patch)).Message);

    [Theory]
    [InlineData("@@ -1 +1 @@\n-x\n+z\n")]
    [InlineData("@@ -2 +1 @@\n-x\n+y\n")]
    [InlineData("@@ -1,2 +1 @@\n-x\n-x\n+y\n")]
    public async Task A_patch_that_makes_something_else_than_it_says_changes_nothing(string hunk)
    {
        using var layers = new TestLayers(new TestTree { ["f"] = TestFile.Text("x\n") });
        var patch = XToY[..XToY.IndexOf("@@", StringComparison.Ordinal)] + hunk;
        await Assert.ThrowsAsync<ChangeSetException>(() => PutInAsync(layers, Add("a") + patch));
        Assert.Equal("f: File x\\x0a", TestTree.ReadFrom(layers.Lower).Show());
    }

    [Theory]
    [InlineData("literal 999999999999\nAc$\n\n")]
    [InlineData("literal 5\nZc$\n\n")]
    [InlineData("literal 5\nE\u0001\u0001\u0001\u0001\u0001\n\n")]
    [InlineData("delta 5\nEc$@<O0ss\n\n")]
    public async Task A_binary_patch_that_lies_is_refused(string body)
    {
        using var layers = new TestLayers(new TestTree { ["f"] = TestFile.Text("x\n") });
        var patch = $"diff --git a/f b/f\nindex {X}..{Y} 100644\nGIT binary patch\n{body}";
        await Assert.ThrowsAsync<ChangeSetException>(() => PutInAsync(layers, patch));
    }

    /// <summary>Adds an empty file.</summary>
    private static string Add(string path) =>
        $"diff --git a/{path} b/{path}\nnew file mode 100644\nindex {Zero}..e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\n";

    private static IReadOnlyList<FilePatch> Read(string patch) => PatchReader.Read(Encoding.Latin1.GetBytes(patch));

    private static Task<ApplyResult> PutInAsync(TestLayers layers, string patch, ChangeSet? own = null) =>
        PatchedTree.ApplyAsync(Encoding.Latin1.GetBytes(patch), layers.Lower, Now, own);

    private static TestTree Holding(string? content) =>
        content is null ? [] : new TestTree { ["f"] = TestFile.Text(content) };

    private static async Task<ChangeSet> OwnAsync(TestTree checkout)
    {
        using var layers = new TestLayers();
        await layers.BecomeAsync(checkout);
        return await layers.WalkAsync();
    }

    private static CancellationToken Now => TestContext.Current.CancellationToken;
}
