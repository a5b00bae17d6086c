using System.Text;
using ClawCi.ChangeSets;
using ClawCi.ToolServer.Walk;
using Xunit;

namespace ClawCi.Tests.Workspaces;

public sealed class ReplayTests
{
    [Fact]
    public async Task A_replay_takes_its_change_set_and_leaves_the_rest_of_the_input()
    {
        using var layers = new TestLayers(new TestTree { ["a"] = TestFile.Text("old") });
        var after = new TestTree { ["a"] = TestFile.Text("new"), ["b"] = TestFile.Link("a") };
        await layers.BecomeAsync(after);
        using var changes = await layers.WalkAsync();
        using var input = await WireAsync(changes);
        using var output = new MemoryStream();
        var workspace = await layers.CopyOfLowerAsync("workspace");

        Assert.True(await ReplayVerb.RunAsync(input, output, workspace, CancellationToken.None));

        Assert.Equal("{\"applied\":2}\n", Encoding.UTF8.GetString(output.ToArray()));
        Assert.Equal(after.Show(), TestTree.ReadFrom(workspace).Show());
        using var rest = new StreamReader(input);
        Assert.Equal("{\"jsonrpc\"", await rest.ReadToEndAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_workspace_that_does_not_fit_is_answered_with_the_paths()
    {
        using var layers = new TestLayers(new TestTree { ["a"] = TestFile.Text("old") });
        await layers.BecomeAsync(new TestTree { ["a"] = TestFile.Text("new") });
        using var changes = await layers.WalkAsync();
        using var input = await WireAsync(changes);
        using var output = new MemoryStream();
        var other = new TestTree { ["a"] = TestFile.Text("else") }.WriteTo(layers["other"]);

        Assert.False(await ReplayVerb.RunAsync(input, output, other, CancellationToken.None));

        var mismatch = Assert.IsType<ApplyResult.Mismatch>(ReplayAnswer.Parse(output.ToArray()));
        Assert.Equal([new ApplyConflict("a", "has other content")], mismatch.Conflicts);
    }

    [Theory]
    [InlineData("garbage that is no change set", "not a change set")]
    [InlineData("claw-cs1", "the change set is cut off")]
    public async Task A_broken_input_is_answered_and_touches_nothing(string input, string reason)
    {
        using var layers = new TestLayers();
        using var stream = new MemoryStream(Encoding.ASCII.GetBytes(input));
        using var output = new MemoryStream();
        Assert.False(await ReplayVerb.RunAsync(stream, output, layers.Lower, CancellationToken.None));
        Assert.Equal(new ApplyResult.Failed(reason, null), ReplayAnswer.Parse(output.ToArray()));
        Assert.Empty(Directory.GetFileSystemEntries(layers.Lower));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"applied\":\"x\"}")]
    [InlineData("{\"conflicts\":[{}]}")]
    public void An_answer_that_is_none_is_refused(string line) =>
        Assert.Throws<ChangeSetException>(() => ReplayAnswer.Parse(Encoding.UTF8.GetBytes(line)));

    private static async Task<MemoryStream> WireAsync(ChangeSet changes)
    {
        var wire = new MemoryStream();
        await changes.WriteToAsync(wire, CancellationToken.None);
        wire.Write("{\"jsonrpc\""u8);
        wire.Position = 0;
        return wire;
    }
}
