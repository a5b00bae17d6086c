using ClawCi.Prompts;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Prompts;

public sealed class ContextFileTests
{
    [Fact]
    public void Files_that_exist_are_read_in_the_order_asked_for()
    {
        using var checkout = new TempDirectory();
        checkout.Write("docs/AGENTS.md", "inner");
        checkout.Write("CLAUDE.md", "outer");

        var found = ContextFile.Find(checkout.Path, ["AGENTS.md", "CLAUDE.md", "docs/AGENTS.md"]);

        Assert.Equal([new ContextFile("CLAUDE.md", "outer"), new ContextFile("docs/AGENTS.md", "inner")], found);
    }

    [Fact]
    public void A_link_never_shows_the_model_a_file_of_the_host()
    {
        using var host = new TempDirectory();
        using var checkout = new TempDirectory();
        host.Write("secret", "canary");
        File.CreateSymbolicLink(checkout["AGENTS.md"], host["secret"]);
        Directory.CreateSymbolicLink(checkout["docs"], host.Path);

        Assert.Empty(
            ContextFile.Find(
                checkout.Path,
                ["AGENTS.md", "docs/secret", "../" + Path.GetFileName(host.Path) + "/secret"]
            )
        );
    }

    [Fact]
    public void A_pipe_does_not_stop_the_run()
    {
        using var checkout = new TempDirectory();
        using var mkfifo = System.Diagnostics.Process.Start("mkfifo", checkout["AGENTS.md"]);
        mkfifo.WaitForExit();

        Assert.Empty(ContextFile.Find(checkout.Path, ["AGENTS.md"]));
    }

    [Fact]
    public void A_long_file_is_cut_and_says_so()
    {
        using var checkout = new TempDirectory();
        checkout.Write("AGENTS.md", new string('x', 100_000));

        var file = Assert.Single(ContextFile.Find(checkout.Path, ["AGENTS.md"]));

        Assert.InRange(file.Text.Length, 1, 40_000);
        Assert.Contains("[cut:", file.Text, StringComparison.Ordinal);
    }
}
