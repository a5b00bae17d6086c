using ClawCi.TestSupport;
using ClawCi.ToolServer.Walk;
using Xunit;

namespace ClawCi.ToolServer.Tests.Walk;

public sealed class DiskUsageTests
{
    [Fact]
    public void All_layers_count_and_nothing_beside_them()
    {
        using var volume = new TempDirectory();
        volume.Write("setup/upper/a/b/c", new string('x', 100_000));
        volume.Write("agent/upper/a", new string('x', 200_000));
        volume.Write("lower/a", new string('x', 1_000_000));
        volume.Write("agent/work/a", new string('x', 1_000_000));
        Assert.InRange(DiskUsage.Of(volume.Path, long.MaxValue), 300_000, 400_000);
    }

    [Fact]
    public void A_sparse_file_counts_as_what_it_costs_and_a_link_is_not_followed()
    {
        using var volume = new TempDirectory();
        volume.Write("agent/upper/a", "");
        using (var sparse = File.OpenWrite(volume["agent/upper/a"]))
            sparse.SetLength(1L << 40);
        Directory.CreateSymbolicLink(volume["agent/upper/usr"], "/usr");
        Assert.InRange(DiskUsage.Of(volume.Path, long.MaxValue), 0, 100_000);
    }

    [Fact]
    public void What_lies_deeper_than_any_change_may_counts_as_well()
    {
        using var volume = new TempDirectory();
        volume.Write($"agent/upper/{string.Concat(Enumerable.Repeat("d/", 300))}a", new string('x', 100_000));
        Assert.True(DiskUsage.Of(volume.Path, long.MaxValue) >= 100_000);
    }
}
