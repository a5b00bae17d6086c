using ClawCi.Configuration;
using ClawCi.Runs.Gates;
using CsCheck;
using Xunit;

namespace ClawCi.Tests.Runs;

public sealed class ProtectedPathsTests
{
    private static readonly ProtectedPaths Paths = new([
        new(ProtectedPaths.Always, ProtectedChange.Block, "built-in"),
        new(["tests/**", ".github/**"], ProtectedChange.Review, "task.yaml:5"),
    ]);

    [Theory]
    [InlineData(".git/config", true)]
    [InlineData("vendor/lib/.git/hooks/pre-commit", true)]
    [InlineData(".github/workflows/ci.yml", true)]
    [InlineData(".github", true)]
    [InlineData(".gitlab-ci.yml", true)]
    [InlineData(".claw/settings.yaml", true)]
    [InlineData("CODEOWNERS", true)]
    [InlineData(".husky/pre-commit", true)]
    [InlineData("tests/a/b", true)]
    [InlineData("src/tests/a", false)]
    [InlineData(".gitignore", false)]
    [InlineData("README.md", false)]
    public void What_runs_elsewhere_and_what_the_task_names_is_protected(string path, bool expected) =>
        Assert.Equal(expected, Paths.Matches(path));

    [Fact]
    public void The_strictest_word_about_a_path_holds() =>
        Assert.Equal(
            (ProtectedChange.Review, ProtectedChange.Block),
            (Paths.ActionFor("tests/a"), Paths.ActionFor(".github/a"))
        );

    [Fact]
    public void Another_source_never_allows_more() =>
        Gen.Select(
                Layer.List[0, 4],
                Layer,
                Gen.OneOf(Gen.Const("a/b"), Gen.Const("a"), Gen.Const("b/c"), Gen.Const("c"))
            )
            .Sample(
                (layers, added, path) =>
                    Strictness(new ProtectedPaths([.. layers, added]).ActionFor(path))
                    <= Strictness(new ProtectedPaths(layers).ActionFor(path))
            );

    private static int Strictness(ProtectedChange? change) => (int?)change ?? int.MaxValue;

    private static Gen<ProtectedLayer> Layer { get; } =
        Gen.Select(
            Gen.OneOf(Gen.Const("a/**"), Gen.Const("b/**"), Gen.Const("*"), Gen.Const("**/c")).List[1, 2],
            Gen.Enum<ProtectedChange>(),
            (paths, change) => new ProtectedLayer(paths, change, "some")
        );
}
