using ClawCi.Permissions;
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
        var words = ShellLine.Parse(line).Words;

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
            ]).CertainlyMatches(ShellLine.Parse(line).Words)
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

        Assert.True(exact.CertainlyMatches(ShellLine.Parse("make test").Words));
        Assert.False(exact.CertainlyMatches(ShellLine.Parse("make test install").Words));
        Assert.False(exact.MayMatch(ShellLine.Parse("make test install").Words));
    }

    [Fact]
    public void Many_unknown_options_are_read_in_bounded_time() =>
        Assert.False(Push.MayMatch(ShellLine.Parse("git" + string.Concat(Enumerable.Repeat(" -x", 2000))).Words));
}
