using ClawCi.Prompts;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Prompts;

public sealed class ContextFileTests
{
    private static readonly string[] Names = ["AGENTS.md", "CLAUDE.md"];

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
    public void In_a_part_of_a_repository_the_files_on_the_way_to_it_are_read_the_nearest_last()
    {
        using var repository = new TempDirectory();
        Directory.CreateDirectory(repository[".git"]);
        repository.Write("AGENTS.md", "all");
        repository.Write("services/CLAUDE.md", "services");
        repository.Write("services/mail/AGENTS.md", "mail");

        var found = ContextFile.Find(repository["services/mail"], Names);

        Assert.Equal(["../../AGENTS.md", "../CLAUDE.md", "AGENTS.md"], found.Select(file => file.Name));
        Assert.Equal(["all", "services", "mail"], found.Select(file => file.Text));
    }

    [Fact]
    public void Without_a_repository_around_it_nothing_above_the_workspace_is_read()
    {
        using var directory = new TempDirectory();
        directory.Write("AGENTS.md", "not of the workspace");
        Directory.CreateDirectory(directory["workspace"]);

        Assert.Empty(ContextFile.Find(directory["workspace"], Names));
    }

    [Fact]
    public void However_much_is_said_above_the_nearest_file_is_whole()
    {
        using var repository = new TempDirectory();
        Directory.CreateDirectory(repository[".git"]);
        repository.Write("AGENTS.md", string.Concat(Enumerable.Repeat("far\n", 100_000)));
        var near = string.Concat(Enumerable.Repeat("near\n", 4_000));
        repository.Write("part/AGENTS.md", near);

        var found = ContextFile.Find(repository["part"], Names);

        Assert.Equal(near, found[1].Text);
        Assert.EndsWith("of 400000 bytes are shown]", found[0].Text, StringComparison.Ordinal);
        Assert.InRange(found.Sum(file => file.Text.Length), near.Length, ContextFile.MaxBytes + 100);
    }

    [Fact]
    public void What_finds_no_room_is_named()
    {
        using var checkout = new TempDirectory();
        checkout.Write("AGENTS.md", new string('x', ContextFile.MaxBytes));
        checkout.Write("CLAUDE.md", "short");

        Assert.Equal(
            new ContextFile("CLAUDE.md", "[left out: 5 bytes, for which there is no room]"),
            ContextFile.Find(checkout.Path, Names)[1]
        );
    }

    [Fact]
    public void The_same_text_under_two_names_is_shown_once()
    {
        using var checkout = new TempDirectory();
        checkout.Write("AGENTS.md", "same");
        checkout.Write("CLAUDE.md", "same");

        Assert.Single(ContextFile.Find(checkout.Path, Names));
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
}
