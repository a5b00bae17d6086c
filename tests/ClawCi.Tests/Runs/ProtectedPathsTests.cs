using ClawCi.Runs;
using Xunit;

namespace ClawCi.Tests.Runs;

public sealed class ProtectedPathsTests
{
    private static readonly ProtectedPaths Paths = new([.. ProtectedPaths.Always, "tests/**"], ProtectedChange.Block);

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
}
