using ClawCi.Runs;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Runs;

public sealed class WholeFileTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    [Fact]
    public void What_a_link_beside_it_names_is_not_written()
    {
        _directory.Write("precious", "mine");
        File.CreateSymbolicLink(_directory["report.tmp"], _directory["precious"]);

        WholeFile.Write(_directory["report"], "new");

        Assert.Equal(
            ("mine", "new"),
            (File.ReadAllText(_directory["precious"]), File.ReadAllText(_directory["report"]))
        );
        Assert.Equal(2, Directory.GetFileSystemEntries(_directory.Path).Length);
    }

    [Fact]
    public void What_fails_in_the_middle_leaves_the_old_file_and_nothing_beside_it()
    {
        _directory.Write("report", "old");

        Assert.Throws<IOException>(() => WholeFile.Write(_directory["report"], Failing()));

        Assert.Equal("old", File.ReadAllText(_directory["report"]));
        Assert.Single(Directory.GetFileSystemEntries(_directory.Path));
    }

    public void Dispose() => _directory.Dispose();

    private static IEnumerable<ReadOnlyMemory<byte>> Failing()
    {
        yield return "new"u8.ToArray();
        throw new IOException("No space left on device");
    }
}
