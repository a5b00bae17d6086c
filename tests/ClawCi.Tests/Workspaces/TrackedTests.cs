using ClawCi.ChangeSets;
using Xunit;

namespace ClawCi.Tests.Workspaces;

/// <summary>Of what ignore rules match, what git tracks belongs to the changes.</summary>
public sealed class TrackedTests
{
    private static readonly TestFile X = TestFile.Text("x\n");
    private static readonly TestFile Y = TestFile.Text("y\n");

    private static readonly TestTree Before = new()
    {
        [".gitignore"] = TestFile.Text("dist/\n*.log\nnode_modules\n"),
        ["dist/index.js"] = X,
        ["dist/gone.js"] = X,
        ["dist/same.js"] = X,
        ["dist/deep/a.js"] = X,
        ["dist/built/b.js"] = X,
        ["dist/built.js"] = X,
        ["kept.log"] = X,
        ["other.log"] = X,
        ["node_modules/p/x"] = X,
    };

    private static readonly string[] Tracked =
    [
        "dist/index.js",
        "dist/gone.js",
        "dist/same.js",
        "dist/deep/a.js",
        "kept.log",
    ];

    private static readonly string[] Expected = ["dist/deep/a.js", "dist/gone.js", "dist/index.js", "kept.log"];

    [Theory]
    [InlineData("2")]
    [InlineData("4")]
    public async Task A_tracked_file_is_never_ignored_and_what_lies_beside_it_is(string version)
    {
        using var layers = new TestLayers(Before);
        await AddAsync(layers.Lower, version);
        await layers.BecomeAsync(After());
        using var changes = await layers.WalkAsync();

        Assert.Equal(Expected, changes.Entries.Select(entry => entry.DisplayPath));
        Assert.Equal(["dist", "node_modules", "other.log"], changes.Skipped.Select(path => path.DisplayPath));
    }

    [Fact]
    public async Task Where_the_index_is_elsewhere_it_is_read_there()
    {
        using var layers = new TestLayers(Before);
        await AddAsync(layers.Lower, "2");
        var index = layers["spool"] + "/index";
        File.Move(layers.Lower + "/.git/index", index);
        Directory.Delete(layers.Lower + "/.git", recursive: true);
        File.WriteAllText(layers.Lower + "/.git", "gitdir: /nowhere\n");
        await layers.BecomeAsync(After());
        using var changes = await layers.WalkAsync("--index", index);
        Assert.Equal(Expected, changes.Entries.Select(entry => entry.DisplayPath));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no index")]
    public async Task Without_an_index_what_the_base_holds_is_not_ignored(string? index)
    {
        using var layers = new TestLayers(Before);
        if (index is not null)
        {
            Directory.CreateDirectory(layers.Lower + "/.git");
            File.WriteAllText(layers.Lower + "/.git/index", index);
        }
        await layers.BecomeAsync(After());
        using var changes = await layers.WalkAsync();
        Assert.Equal(
            ["dist/built.js", "dist/built/b.js", .. Expected, "node_modules/p/x", "other.log"],
            changes.Entries.Select(entry => entry.DisplayPath).Order(StringComparer.Ordinal)
        );
        Assert.Equal(["dist"], changes.Skipped.Select(path => path.DisplayPath));
    }

    [Fact]
    public async Task A_directory_that_is_removed_takes_what_is_tracked_in_it_along()
    {
        using var layers = new TestLayers(Before);
        await AddAsync(layers.Lower, "2");
        var after = new TestTree(Before);
        after.Remove("dist", tree: true);
        after["dist"] = Y;
        await layers.BecomeAsync(after);
        using var changes = await layers.WalkAsync();
        Assert.Equal(
            ["dist", "dist/deep/a.js", "dist/gone.js", "dist/index.js", "dist/same.js"],
            changes.Entries.Select(entry => entry.DisplayPath)
        );
    }

    private static TestTree After()
    {
        var after = new TestTree(Before)
        {
            ["dist/index.js"] = Y,
            ["dist/deep/a.js"] = Y,
            ["dist/built/b.js"] = Y,
            ["dist/built.js"] = Y,
            ["dist/new.js"] = Y,
            ["kept.log"] = Y,
            ["other.log"] = Y,
            ["node_modules/p/x"] = Y,
        };
        after.Remove("dist/gone.js");
        return after;
    }

    private static async Task AddAsync(string directory, string version)
    {
        await TestLayers.RunAsync("git", "init", "-q", directory);
        await TestLayers.RunAsync("git", ["-C", directory, "add", "-f", "--", .. Tracked]);
        await TestLayers.RunAsync("git", "-C", directory, "update-index", "--index-version", version);
    }
}
