using ClawCi.ChangeSets;
using ClawCi.Sandboxes.Workspaces;
using Xunit;

namespace ClawCi.Tests.Workspaces;

/// <summary>Setup changes the checkout before the agent does.</summary>
public sealed class SetupTests
{
    private static readonly TestTree Checkout = new()
    {
        ["both"] = TestFile.Text("one\n"),
        ["both-deletes"] = TestFile.Text("one\n"),
        ["setup"] = TestFile.Text("one\n"),
        ["agent"] = TestFile.Text("one\n"),
        ["taken-back"] = TestFile.Text("one\n"),
        ["gone-and-back"] = TestFile.Text("one\n"),
        ["gone-and-other"] = TestFile.Text("one\n"),
        ["becomes-directory"] = TestFile.Text("one\n"),
        ["becomes-file/x"] = TestFile.Text("one\n"),
        ["agents-directory"] = TestFile.Text("one\n"),
    };

    private static readonly TestTree Base = new()
    {
        ["both"] = TestFile.Text("one\ntwo\n"),
        ["both-deletes"] = TestFile.Text("one\ntwo\n"),
        ["setup"] = TestFile.Text("one\ntwo\n"),
        ["agent"] = TestFile.Text("one\n"),
        ["taken-back"] = TestFile.Text("one\ntwo\n"),
        ["becomes-directory/x"] = TestFile.Text("two\n"),
        ["becomes-file"] = TestFile.Text("two\n"),
        ["agents-directory"] = TestFile.Text("one\n"),
        ["made/edited"] = TestFile.Text("two\n"),
        ["made/kept"] = TestFile.Text("two\n"),
        ["made/deleted"] = TestFile.Text("two\n"),
    };

    private static readonly TestTree Left = new()
    {
        ["both"] = TestFile.Text("one\ntwo\nthree\n"),
        ["setup"] = TestFile.Text("one\ntwo\n"),
        ["agent"] = TestFile.Text("one\nthree\n"),
        ["taken-back"] = TestFile.Text("one\n"),
        ["gone-and-back"] = TestFile.Text("one\n"),
        ["gone-and-other"] = TestFile.Text("three\n"),
        ["becomes-directory/x"] = TestFile.Text("three\n"),
        ["becomes-file"] = TestFile.Text("three\n"),
        ["agents-directory/x"] = TestFile.Text("three\n"),
        ["made/edited"] = TestFile.Text("two\nthree\n"),
        ["made/kept"] = TestFile.Text("two\n"),
    };

    [Fact]
    public async Task The_patch_leads_from_the_checkout_to_what_the_checks_saw_of_every_file_that_the_agent_changed()
    {
        using var layers = new TestLayers(Base);
        Checkout.WriteTo(Directory.CreateDirectory(layers["checkout"]).FullName);
        await layers.BecomeAsync(Left);
        using var changes = await layers.WalkAsync("--checkout", layers["checkout"]);

        Assert.Equal(
            [("becomes-directory/x", SkipReason.SetupReplaced), ("becomes-file", SkipReason.SetupReplaced)],
            changes.Skipped.Select(path => (path.DisplayPath, path.Reason))
        );
        var checks = await layers.CopyOfLowerAsync("checks");
        await SendAsync(changes, checks);
        var seen = new TestTree(Left)
        {
            ["becomes-directory/x"] = TestFile.Text("two\n"),
            ["becomes-file"] = TestFile.Text("two\n"),
        };
        Assert.Equal(seen.Show(), TestTree.ReadFrom(checks).Show());

        var expected = new TestTree(Checkout)
        {
            ["both"] = Left["both"],
            ["agent"] = Left["agent"],
            ["gone-and-other"] = Left["gone-and-other"],
            ["agents-directory/x"] = Left["agents-directory/x"],
            ["made/edited"] = Left["made/edited"],
        };
        expected.Remove("both-deletes");
        expected.Remove("agents-directory");
        await PatchWriter.WriteAsync(changes.OfCheckout, layers["changes.patch"], CancellationToken.None);
        await RoundTripTests.GitApplyAsync(layers["checkout"], layers["changes.patch"]);
        Assert.Equal(expected.Show(), TestTree.ReadFrom(layers["checkout"]).Show());
    }

    [Fact]
    public async Task A_checkout_that_changed_behind_setup_is_noticed()
    {
        using var layers = new TestLayers(Base);
        Checkout.WriteTo(Directory.CreateDirectory(layers["checkout"]).FullName);
        await layers.BecomeAsync(Left);
        var started = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 10;
        while (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() < started + 20)
            await Task.Yield();
        File.AppendAllText(Path.Combine(layers["checkout"], "both"), "somebody's\n");
        using var changes = await layers.WalkAsync("--checkout", layers["checkout"], "--started", $"{started}");
        Assert.Equal(["both"], changes.BaseChanged.Select(path => path.DisplayPath));
    }

    private static async Task SendAsync(ChangeSet changes, string directory)
    {
        using var wire = new MemoryStream();
        await changes.WriteToAsync(wire, CancellationToken.None);
        wire.Position = 0;
        using var copy = await ChangeSetReader.ReadAsync(
            wire,
            Path.GetTempPath(),
            ChangeSetCaps.Default,
            CancellationToken.None
        );
        Assert.IsType<ApplyResult.Applied>(await ChangeSetApplier.ApplyAsync(copy, directory, CancellationToken.None));
    }
}
