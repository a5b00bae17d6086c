using ClawCi.Cli.Arguments;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests;

public sealed class OutDirectoryTests
{
    [Fact]
    public void A_new_directory_ignores_itself()
    {
        using var directory = new TempDirectory();
        using var held = OutDirectory.Prepare(directory["a/out"], directory.Path, force: false);
        Assert.Equal("*\n", File.ReadAllText(directory["a/out/.gitignore"]));
    }

    [Fact]
    public void Another_run_is_refused_with_both_remedies_and_replaced_by_force()
    {
        using var directory = new TempDirectory();
        directory.Write("out/result.json", "{}");
        directory.Write("out/tasks/x/transcript.jsonl", "{}");
        var refusal = Assert.Throws<UsageException>(() =>
            OutDirectory.Prepare(directory["out"], directory.Path, force: false)
        );
        Assert.Contains("another directory", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--force", refusal.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(directory["out/result.json"]));

        using var held = OutDirectory.Prepare(directory["out"], directory.Path, force: true);
        Assert.Equal([".gitignore"], Directory.GetFileSystemEntries(directory["out"]).Select(Path.GetFileName));
    }

    [Fact]
    public void What_a_full_disk_left_half_written_is_replaced_too()
    {
        using var directory = new TempDirectory();
        directory.Write("out/report.html.tmp", "<html>");
        using var held = OutDirectory.Prepare(directory["out"], directory.Path, force: true);
        Assert.False(File.Exists(directory["out/report.html.tmp"]));
    }

    [Theory]
    [InlineData("out/summary.md.tmp")]
    [InlineData("out/tasks/targets/transcript.jsonl")]
    [InlineData("out/attempts/t/1")]
    public void A_run_that_is_gone_on_with_holds_no_link(string link)
    {
        using var directory = new TempDirectory();
        directory.Write("precious", "");
        // A clone may have links of its own.
        Directory.CreateDirectory(directory["out/targets/clone"]);
        File.CreateSymbolicLink(directory["out/targets/clone/link"], directory["precious"]);
        using (OutDirectory.HoldRun(directory["out"], directory.Path)) { }
        Directory.CreateDirectory(Path.GetDirectoryName(directory[link])!);
        File.CreateSymbolicLink(directory[link], directory["precious"]);

        var refusal = Assert.Throws<UsageException>(() => OutDirectory.HoldRun(directory["out"], directory.Path));

        Assert.Contains($"{directory[link]} is a symbolic link", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_not_of_a_run_is_never_touched(bool force)
    {
        using var directory = new TempDirectory();
        directory.Write("out/thesis.tex", "");
        directory.Write("out/result.json", "{}");
        Assert.Throws<UsageException>(() => OutDirectory.Prepare(directory["out"], directory.Path, force));
        Assert.True(File.Exists(directory["out/result.json"]));
    }

    [Theory]
    [InlineData("out")]
    [InlineData("below/out")]
    public void A_link_that_the_checkout_brings_is_not_followed(string link)
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory["elsewhere"]);
        Directory.CreateDirectory(Path.GetDirectoryName(directory["project/" + link])!);
        File.CreateSymbolicLink(directory["project/" + link], directory["elsewhere"]);
        Assert.Throws<UsageException>(() =>
            OutDirectory.Prepare(directory[$"project/{link}/deeper"], directory["project"], force: true)
        );
        Assert.Empty(Directory.GetFileSystemEntries(directory["elsewhere"]));
    }

    [Fact]
    public void Forcing_removes_a_link_and_not_what_it_points_to()
    {
        using var directory = new TempDirectory();
        directory.Write("precious/file", "");
        Directory.CreateDirectory(directory["out"]);
        File.CreateSymbolicLink(directory["out/tasks"], directory["precious"]);
        File.CreateSymbolicLink(directory["out/.gitignore"], directory["precious/file"]);
        using var held = OutDirectory.Prepare(directory["out"], directory["project"], force: true);
        Assert.False(Path.Exists(directory["out/tasks"]));
        Assert.Equal("", File.ReadAllText(directory["precious/file"]));
    }

    [Fact]
    public void What_cannot_be_written_is_said_with_its_reason()
    {
        using var directory = new TempDirectory();
        directory.Write("file", "");
        var refusal = Assert.Throws<UsageException>(() =>
            OutDirectory.Prepare(directory["file/out"], directory.Path, force: false)
        );
        Assert.Contains("cannot be written", refusal.Message, StringComparison.Ordinal);
    }
}
