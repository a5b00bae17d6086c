using ClawCi.ChangeSets;
using ClawCi.Configuration;
using ClawCi.Runs.Gates;
using ClawCi.Sessions;
using ClawCi.Tests.Workspaces;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Runs;

/// <summary>On change sets of real trees.</summary>
public sealed class PatchGatesTests
{
    private static readonly string Token = "ghp_" + new string('a', 36);

    [Theory]
    [InlineData("src/link", "other", null)]
    [InlineData("src/link", "../README.md", null)]
    [InlineData("src/link", "../../README.md", "outside the workspace")]
    [InlineData("link", "a/../../b", "outside the workspace")]
    [InlineData("link", "/etc/passwd", "absolute")]
    [InlineData("link", "//etc", "absolute")]
    [InlineData("src/link", "../.git/hooks/pre-commit", "git's own directory")]
    [InlineData("link", ".GIT/config", "git's own directory")]
    public async Task A_link_leads_into_the_workspace_or_is_blocked(string path, string target, string? problem)
    {
        var findings = await JudgeAsync(new(), new() { [path] = TestFile.Link(target) });
        if (problem is null)
            Assert.Empty(findings);
        else
            Assert.Contains(problem, Assert.Single(findings), StringComparison.Ordinal);
    }

    /// <summary>Changed, added, deleted, replaced by a link; not checked out; known by its repository alone.</summary>
    [Fact]
    public async Task What_is_in_a_submodule_cannot_leave()
    {
        using var checkout = new TempDirectory();
        checkout.Write(".git/HEAD", "x");
        checkout.Write(".gitmodules", "[submodule \"a\"]\n\tpath = libs/named\n\turl = https://example.com/a\n");
        checkout.Write("libs/found/.git", "gitdir: ../../.git/modules/found\n");
        checkout.Write("plain/file", "x");
        TestTree before = new()
        {
            ["libs/found/changed"] = TestFile.Text("one"),
            ["libs/found/deleted"] = TestFile.Text("one"),
            ["libs/named/is-a-directory"] = TestFile.Text("one"),
        };

        var findings = await JudgeAsync(
            before,
            new()
            {
                ["libs/found/changed"] = TestFile.Text("two"),
                ["libs/found/deep/added"] = TestFile.Text("two"),
                ["libs/named"] = TestFile.Link("../plain"),
                ["libs/named-not"] = TestFile.Text("two"),
                ["plain/file"] = TestFile.Text("two"),
            },
            checkout: checkout.Path
        );

        Assert.Equal(
            [
                "libs/found/changed: it belongs to the submodule libs/found",
                "libs/found/deep/added: it belongs to the submodule libs/found",
                "libs/found/deleted: it belongs to the submodule libs/found",
                "libs/named/is-a-directory: it belongs to the submodule libs/named",
                "libs/named: it belongs to the submodule libs/named",
            ],
            findings.Select(finding => finding.Split(',')[0]).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_workspace_that_is_no_repository_may_hold_some()
    {
        using var workspace = new TempDirectory();
        workspace.Write("one/.git/HEAD", "x");

        Assert.Empty(await JudgeAsync(new(), new() { ["one/file"] = TestFile.Text("x") }, checkout: workspace.Path));
    }

    [Fact]
    public async Task A_secret_is_told_by_file_line_and_kind_and_never_by_value()
    {
        var findings = await JudgeAsync(
            new() { ["a"] = TestFile.Text("one\n") },
            new()
            {
                ["a"] = TestFile.Text($"one\ntwo\n  token = {Token}\n"),
                // At the seam of what is read at once.
                ["b"] = TestFile.Text(string.Concat(Enumerable.Repeat("0123456\n", (1 << 17) - 2)) + $"\n\n{Token}\n"),
                ["c"] = TestFile.Text("known-va\\nlue-1"),
            },
            known: "known-value-1"
        );

        Assert.Equal(
            [
                "a:3: holds a secret: github-token",
                $"b:{(1 << 17) + 1}: holds a secret: github-token",
                "c:1: holds a secret: secret X",
            ],
            findings
        );
    }

    [Fact]
    public async Task What_looked_like_a_token_before_may_move() =>
        Assert.Empty(
            await JudgeAsync(
                new() { ["tests/old"] = TestFile.Text($"x {Token}\n") },
                new() { ["tests/new"] = TestFile.Text($"y\n{Token}\n") }
            )
        );

    [Fact]
    public async Task A_value_that_the_run_knows_is_on_neither_side_of_a_change() =>
        Assert.Equal(
            ["a:1: holds a secret: secret X in the file as it was"],
            await JudgeAsync(
                new() { ["a"] = TestFile.Text("known-value-1\n") },
                new() { ["a"] = TestFile.Text("gone\n") },
                known: "known-value-1"
            )
        );

    [Fact]
    public async Task A_secret_in_a_name_is_found() =>
        Assert.Equal(
            [$"{Token}: holds a secret: github-token"],
            await JudgeAsync(new(), new() { [Token] = TestFile.Text("x") })
        );

    [Fact]
    public async Task Files_that_become_executable_and_too_many_files_are_found()
    {
        var plan = new GatesPlan(new([]), MaxFiles: 1, MaxPatchBytes: null, ExecutableFiles.Block);
        var findings = await JudgeAsync(
            new() { ["was"] = new(FileKind.Executable, "x") },
            new() { ["was"] = new(FileKind.Executable, "y"), ["becomes"] = new(FileKind.Executable, "x") },
            plan: plan
        );

        Assert.Equal(["becomes: the file becomes executable", "2 files are changed; 1 may be"], findings);
    }

    [Fact]
    public async Task Each_action_has_its_consequence()
    {
        using var layers = new TestLayers(new());
        await layers.BecomeAsync(
            new()
            {
                ["block"] = TestFile.Text("x"),
                ["restore"] = TestFile.Text("x"),
                ["review"] = TestFile.Text("x"),
            }
        );
        using var changes = await layers.WalkAsync();
        var plan = new GatesPlan(
            new([
                .. Enum.GetValues<ProtectedChange>()
                    .Select(change => new ProtectedLayer([$"{change}".ToLowerInvariant()], change, "x")),
            ]),
            null,
            null,
            ExecutableFiles.Allow
        );

        var verdict = new PatchGates(plan, new SecretMasker(), "/proc/self").Judge(changes);

        Assert.True(verdict is { Blocks: true, AsksForReview: true, Withholds: false });
        Assert.Equal("protected-path", verdict.Reason.Reason);
        Assert.Equal(
            (false, true, false),
            (verdict.Restores("block"), verdict.Restores("restore"), verdict.Restores("review"))
        );
        Assert.Contains("block: this path is protected", verdict.Feedback, StringComparison.Ordinal);
        Assert.DoesNotContain("review:", verdict.Feedback, StringComparison.Ordinal);
    }

    private static async Task<IEnumerable<string>> JudgeAsync(
        TestTree before,
        TestTree after,
        string? known = null,
        GatesPlan? plan = null,
        string? checkout = null
    )
    {
        using var layers = new TestLayers(before);
        await layers.BecomeAsync(after);
        using var changes = await layers.WalkAsync();
        var masker = new SecretMasker();
        if (known is not null)
            masker.Add(known, "secret X");
        plan ??= new(new([]), null, null, ExecutableFiles.Allow);
        return new PatchGates(plan, masker, checkout ?? "/proc/self")
            .Judge(changes)
            .Findings.Select(finding => finding.ToString());
    }
}
