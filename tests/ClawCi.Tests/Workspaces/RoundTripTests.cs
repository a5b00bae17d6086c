using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Patches;
using ClawCi.Sandboxes.Workspaces;
using ClawCi.Shared;
using CsCheck;
using Xunit;

namespace ClawCi.Tests.Workspaces;

public sealed class RoundTripTests
{
    [Fact]
    public Task Apply_replay_patch_and_git_apply_make_of_the_base_what_the_agent_made() =>
        RandomTrees.Pair.SampleAsync(
            pair => RoundTripAsync(pair.Base, pair.Changed),
            iter: 100,
            threads: 1,
            print: Print
        );

    internal static async Task RoundTripAsync(TestTree before, TestTree after, bool withGit = true)
    {
        using var layers = new TestLayers(before);
        await layers.BecomeAsync(after);
        using var changes = await layers.WalkAsync();
        var expected = after.Show();

        Assert.Equal(
            Paths(before, after),
            changes.Entries.Select(entry => entry.DisplayPath).Order(StringComparer.Ordinal)
        );

        var applied = await layers.CopyOfLowerAsync("applied");
        Assert.Equal(
            new ApplyResult.Applied(changes.Entries.Count),
            await ChangeSetApplier.ApplyAsync(changes, applied, CancellationToken.None)
        );
        Assert.Equal(expected, TestTree.ReadFrom(applied).Show());

        var replayed = await layers.CopyOfLowerAsync("replayed");
        using var wire = new MemoryStream();
        await changes.WriteToAsync(wire, CancellationToken.None);
        wire.Position = 0;
        using (
            var copy = await ChangeSetReader.ReadAsync(
                wire,
                layers["spool"],
                ChangeSetCaps.Default,
                CancellationToken.None
            )
        )
            Assert.IsType<ApplyResult.Applied>(
                await ChangeSetApplier.ApplyAsync(copy, replayed, CancellationToken.None)
            );
        Assert.Equal(expected, TestTree.ReadFrom(replayed).Show());

        var patch = await PatchWriter.WriteAsync(changes, layers["changes.patch"], CancellationToken.None);
        await PutInAsync(
            await File.ReadAllBytesAsync(layers["changes.patch"]),
            layers,
            changes.Entries.Count,
            expected
        );
        Assert.Equal(changes.Entries.Count, patch.Files.Count);
        Assert.Equal(new FileInfo(layers["changes.patch"]).Length, patch.Bytes);
        // Git 2.39 cannot read back its own header of a file without lines below a directory that ends in a space.
        if (
            changes.IsEmpty
            || !withGit
            || after.Keys.Concat(before.Keys).Any(path => path.Contains(" /", StringComparison.Ordinal))
        )
            return;
        var patched = await layers.CopyOfLowerAsync("patched");
        await GitApplyAsync(patched, layers["changes.patch"]);
        Assert.Equal(expected, TestTree.ReadFrom(patched).Show());
    }

    /// <summary>Our own reading of the patch, which finds everything in its place when it comes a second time.</summary>
    private static async Task PutInAsync(byte[] patch, TestLayers layers, int files, string expected)
    {
        var carried = await layers.CopyOfLowerAsync("carried");
        Assert.Equal(new ApplyResult.Applied(files), await PatchedTree.ApplyAsync(patch, carried, default));
        Assert.Equal(expected, TestTree.ReadFrom(carried).Show());
        Assert.Equal(new ApplyResult.Applied(0), await PatchedTree.ApplyAsync(patch, carried, default));
        Assert.Equal(expected, TestTree.ReadFrom(carried).Show());
    }

    internal static async Task GitApplyAsync(string directory, string patch)
    {
        var request = new ProcessRequest("git", ["apply", "--binary", "--whitespace=nowarn", patch])
        {
            WorkingDirectory = directory,
            Environment = new Dictionary<string, string>
            {
                // Inside some repository, git apply would exit 0 and do nothing.
                ["GIT_CEILING_DIRECTORIES"] = Path.GetDirectoryName(directory)!,
                ["GIT_CONFIG_NOSYSTEM"] = "1",
                ["GIT_CONFIG_GLOBAL"] = "/dev/null",
            },
        };
        var result = await ProcessRunner.RunAsync(request, CancellationToken.None);
        Assert.True(result.Succeeded, result.ErrorText);
    }

    private static IEnumerable<string> Paths(TestTree before, TestTree after) =>
        before
            .Keys.Union(after.Keys)
            .Where(path => before.GetValueOrDefault(path) != after.GetValueOrDefault(path))
            .Select(path => ChangePath.Display(TestFile.Bytes(path)))
            .Order(StringComparer.Ordinal);

    private static string Print((TestTree Base, TestTree Changed) pair) =>
        $"base:\n{pair.Base.Show()}\nchanged:\n{pair.Changed.Show()}";
}
