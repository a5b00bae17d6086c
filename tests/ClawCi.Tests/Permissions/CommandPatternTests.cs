using ClawCi.Permissions;
using ClawCi.Permissions.Shell;
using Xunit;

namespace ClawCi.Tests.Permissions;

public sealed class CommandPatternTests
{
    private static readonly CommandPattern Push = new([
        ["git"],
        ["push", "remote"],
    ]);

    // Second column: a deny rule takes it; third: an allow rule does.
    [Theory]
    [InlineData("git push", true, true)]
    [InlineData("git remote add x", true, true)]
    [InlineData("git 'push'", true, true)]
    [InlineData("git status", false, false)]
    [InlineData("git", false, false)]
    [InlineData("git pushx", false, false)]
    [InlineData("git -C . push", true, true)]
    [InlineData("git --no-pager -C dir push", true, true)]
    [InlineData("git -c alias.x=y push", true, false)]
    [InlineData("git -c core.pager=evil push", true, false)]
    [InlineData("git --git-dir=x push", true, false)]
    [InlineData("git --git-dir x push", true, false)]
    [InlineData("git --exec-path=/evil push", true, false)]
    [InlineData("git --unknown push", true, false)]
    [InlineData("git --unknown value push", true, false)]
    [InlineData("git --unknown a b push", false, false)]
    [InlineData("git -C push status", false, false)]
    [InlineData("/usr/bin/git push", true, false)]
    [InlineData("./git push", true, false)]
    [InlineData("git p*", true, false)]
    [InlineData("git *", true, false)]
    [InlineData("git -C * push", true, false)]
    [InlineData("git status *", false, false)]
    [InlineData("hg push", false, false)]
    public void A_deny_takes_the_benefit_of_the_doubt_and_an_allow_gives_none(string line, bool may, bool certainly)
    {
        var words = Words(line);

        Assert.Equal(may, Push.MayMatch(words));
        Assert.Equal(certainly, Push.CertainlyMatches(words));
    }

    [Theory]
    [InlineData("python3 -m unittest tests", true)]
    [InlineData("python3 -m pip", false)]
    [InlineData("python3 -I -m unittest", false)]
    public void A_rule_may_name_options_itself(string line, bool matches) =>
        Assert.Equal(
            matches,
            new CommandPattern([
                ["python3"],
                ["-m"],
                ["unittest"],
            ]).CertainlyMatches(Words(line))
        );

    [Fact]
    public void An_exact_pattern_takes_nothing_after_it()
    {
        var exact = new CommandPattern(
            [
                ["make"],
                ["test"],
            ],
            Exact: true
        );

        Assert.True(exact.CertainlyMatches(Words("make test")));
        Assert.False(exact.CertainlyMatches(Words("make test install")));
        Assert.False(exact.MayMatch(Words("make test install")));
    }

    [Fact]
    public void Many_unknown_options_are_read_in_bounded_time() =>
        Assert.False(Push.MayMatch(Words("git" + string.Concat(Enumerable.Repeat(" -x", 2000)))));

    private static IReadOnlyList<ShellWord> Words(string line) => ShellReading.Of(line).Commands[^1].Words;
}
