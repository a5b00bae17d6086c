using System.Text;
using ClawCi.Sandboxes.Workspaces;
using ClawCi.Shared;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Workspaces;

public sealed class GitIndexTests
{
    [Theory]
    [InlineData("2", "sha1")]
    [InlineData("4", "sha1")]
    [InlineData("2", "sha256")]
    [InlineData("4", "sha256")]
    public void Every_version_is_read_as_git_wrote_it(string version, string hash)
    {
        using var directory = new TempDirectory($"{nameof(GitIndexTests)}-{version}");
        Git(directory.Path, "init", "-q", $"--object-format={hash}");
        string[] paths =
        [
            "a",
            "deep/er/file.txt",
            "deep/er/file2.txt",
            $"{new string('l', 200)}/{new string('o', 200)}",
            "ä b",
        ];
        foreach (var path in paths)
            directory.Write(path, path);
        Git(directory.Path, "add", ".");
        Git(directory.Path, "update-index", "--index-version", version);

        Assert.Equal(paths.Order(StringComparer.Ordinal), Paths(BaseCommit.Index(directory.Path, 1 << 20)!));
    }

    [Fact]
    public void An_intent_to_add_makes_a_longer_entry()
    {
        using var directory = Repository("one", "two");
        directory.Write("three", "3");
        Git(directory.Path, "add", "--intent-to-add", "three");

        Assert.Equal(["one", "three", "two"], Paths(BaseCommit.Index(directory.Path, 1 << 20)!));
    }

    [Fact]
    public void An_index_whose_entries_are_elsewhere_is_none()
    {
        using var directory = Repository("one");
        Git(directory.Path, "update-index", "--split-index");

        Assert.Null(GitIndex.Read(BaseCommit.Index(directory.Path, 1 << 20)!));
    }

    [Fact]
    public void Whatever_the_bytes_are_they_are_read_or_refused()
    {
        using var directory = Repository("one", "some/two", "some/three");
        var good = BaseCommit.Index(directory.Path, 1 << 20)!;
        var random = new Random(7);
        for (var i = 0; i < 5_000; i++)
        {
            var bytes = good[..random.Next(good.Length + 1)];
            for (var j = random.Next(4); j > 0 && bytes.Length > 0; j--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            GitIndex.Read(bytes)?.Each(static entry => Assert.NotEqual(0, entry.Path.Length));
        }
    }

    [Fact]
    public void What_changed_since_the_index_is_told_and_a_copy_is_not_a_change()
    {
        using var directory = Repository("gone", "longer", "other", "same", "link");
        using var copy = new TempDirectory();
        using (var cp = System.Diagnostics.Process.Start("cp", ["-r", directory.Path + "/.", copy.Path]))
            cp.WaitForExit();
        File.Delete(copy["gone"]);
        File.AppendAllText(copy["longer"], "!");
        File.WriteAllText(copy["other"], "OTHER");
        File.Delete(copy["link"]);
        File.CreateSymbolicLink(copy["link"], "same");

        var listing = new CheckoutFiles(copy.Path, copy["out"]).Each(static _ => { });

        Assert.Equal(["gone", "link", "longer", "other"], listing.Changed);
    }

    [Fact]
    public void Without_git_the_files_that_are_there_count_but_for_what_tools_put_there()
    {
        using var directory = new TempDirectory();
        foreach (var path in new[] { "a", "b/c", "node_modules/x/y", ".git/config", "b/.venv/z", "out/report" })
            directory.Write(path, "");
        Directory.CreateSymbolicLink(directory["loop"], directory.Path);
        List<string> seen = [];

        var listing = new CheckoutFiles(directory.Path, directory["out"]).Each(path =>
            seen.Add(Encoding.UTF8.GetString(path))
        );

        Assert.Equal(["a", "b/c", "loop"], seen.Order(StringComparer.Ordinal));
        Assert.Equal(new CheckoutListing(IsTracked: false, IsComplete: true, Changed: null), listing);
    }

    private static TempDirectory Repository(params string[] paths)
    {
        var directory = new TempDirectory(nameof(GitIndexTests));
        Git(directory.Path, "init", "-q");
        foreach (var path in paths)
            directory.Write(path, Path.GetFileName(path));
        Git(directory.Path, "add", ".");
        return directory;
    }

    private static List<string> Paths(byte[] index)
    {
        List<string> paths = [];
        GitIndex.Read(index)!.Each(entry => paths.Add(Encoding.UTF8.GetString(entry.Path)));
        return paths;
    }

    private static void Git(string directory, params string[] arguments)
    {
        using var git = System.Diagnostics.Process.Start("git", ["-C", directory, .. arguments]);
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
    }
}
