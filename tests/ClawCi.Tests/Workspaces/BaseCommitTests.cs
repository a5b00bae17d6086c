using ClawCi.Sandboxes.Workspaces;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Workspaces;

public sealed class BaseCommitTests
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";
    private const string Other = "fedcba9876543210fedcba9876543210fedcba98";

    [Theory]
    [InlineData($"mkdir .git; echo {Commit} > .git/HEAD", Commit)]
    [InlineData(
        $"mkdir -p .git/refs/heads; echo ref: refs/heads/main > .git/HEAD; echo {Commit} > .git/refs/heads/main",
        Commit
    )]
    [InlineData(
        $"mkdir .git; echo ref: refs/heads/main > .git/HEAD; printf '# pack-refs\\n{Other} refs/heads/xmain\\n{Commit} refs/heads/main\\n^{Other}\\n' > .git/packed-refs",
        Commit
    )]
    [InlineData(
        $"mkdir -p real/worktrees/w real/refs/heads; echo gitdir: real/worktrees/w > .git; echo ../.. > real/worktrees/w/commondir; echo ref: refs/heads/b > real/worktrees/w/HEAD; echo {Commit} > real/refs/heads/b",
        Commit
    )]
    [InlineData("true", null)]
    [InlineData("mkdir .git", null)]
    [InlineData("mkdir .git; echo ref: refs/heads/unborn > .git/HEAD", null)]
    [InlineData("mkdir .git; echo ref: ../../../etc/passwd > .git/HEAD", null)]
    [InlineData("mkdir .git; echo ref: refs/../../../etc/hostname > .git/HEAD", null)]
    [InlineData("mkdir .git; mkfifo .git/HEAD", null)]
    [InlineData("mkdir .git; ln -s /dev/zero .git/HEAD", null)]
    [InlineData("mkdir .git; head -c 20000000 /dev/zero > .git/HEAD", null)]
    [InlineData("mkdir .git; printf 'ref: refs/heads/a\\0b' > .git/HEAD", null)]
    [InlineData("echo gitdir: /nowhere > .git", null)]
    [InlineData("printf 'gitdir: /nowhere\\0' > .git", null)]
    [InlineData("ln -s loop .git; ln -s .git loop", null)]
    public async Task Head_is_found_by_reading_files_or_is_none(string make, string? expected)
    {
        using var temp = new TempDirectory();
        await TestLayers.RunAsync("/bin/sh", "-c", $"cd '{temp.Path}'; {make}");
        Assert.Equal(expected, BaseCommit.Read(temp.Path));
    }

    [Fact]
    public void No_directory_has_no_commit() => Assert.Null(BaseCommit.Read("/nowhere"));
}
