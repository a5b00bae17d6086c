using ClawCi.ChangeSets;
using Xunit;

namespace ClawCi.Tests.Workspaces;

public sealed class ChangeSetTests
{
    [Fact]
    public async Task Restored_paths_leave_and_take_along_what_cannot_stand_beside_them()
    {
        var x = TestFile.Text("x");
        using var layers = new TestLayers(
            new TestTree
            {
                ["tests/a"] = x,
                ["tests/b"] = x,
                ["owners"] = x,
                ["src"] = x,
            }
        );
        await layers.BecomeAsync(
            new TestTree
            {
                ["tests"] = x,
                ["owners/below"] = x,
                ["src"] = TestFile.Text("y"),
            }
        );
        using var changes = await layers.WalkAsync();
        using var rest = changes.Without(entry =>
            entry.DisplayPath is "owners" || entry.DisplayPath.StartsWith("tests/", StringComparison.Ordinal)
        );

        Assert.Equal(["src"], rest.Entries.Select(entry => entry.DisplayPath));
        var checkout = await layers.CopyOfLowerAsync("checkout");
        Assert.Equal(
            new ApplyResult.Applied(1),
            await ChangeSetApplier.ApplyAsync(rest, checkout, CancellationToken.None)
        );
        Assert.Equal("y", await File.ReadAllTextAsync(checkout + "/src", CancellationToken.None));
    }

    [Fact]
    public void Hashes_are_sha_256()
    {
        for (var length = 0; length < 300; length++)
        {
            var content = Enumerable.Range(0, length).Select(i => (byte)(i * 7)).ToArray();
            var hash = new Sha256();
            hash.Append(content.AsSpan(0, length / 3));
            hash.Append(content.AsSpan(length / 3));
            Assert.Equal(System.Security.Cryptography.SHA256.HashData(content), hash.Finish());
        }
    }
}
