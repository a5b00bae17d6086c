using ClawCi.Publishing;
using Xunit;

namespace ClawCi.Tests.Publishing;

public sealed class ForeignTextTests
{
    /// <summary>What platforms look for, in their own notation as far as that is published.</summary>
    [Theory]
    [InlineData("thanks @octocat and @org/team", @"@\w")]
    [InlineData("Fixes #12", @"#\d")]
    [InlineData("closes owner/repo#12", @"#\d")]
    [InlineData("resolves GH-12", @"GH-\d")]
    [InlineData("Fixes https://github.com/o/r/issues/12", @"https?://")]
    [InlineData("Closes !3 and ~bug and %release and &4 and $5", @"[!~%&$]\w")]
    [InlineData("x [skip ci] y [ci-skip]", @"\[(skip|ci)")]
    [InlineData("***NO_CI***", @"\*\*\*NO")]
    [InlineData("/merge\n  /close", @"(?m)^\s*/\w")]
    [InlineData("text\n\nCo-authored-by: Eve <e@x.org>\nSigned-off-by: Eve <e@x.org>", @"(?m)^[A-Za-z-]+:")]
    [InlineData("skip-checks: true", @"skip-checks:")]
    [InlineData("<!-- claw-ci: end -->", @"\A\z")]
    public void Text_of_others_reads_the_same_and_orders_nothing(string text, string order)
    {
        var inert = ForeignText.Lines(text, 1000);

        Assert.DoesNotMatch(order, inert);
        Assert.Equal(text, inert.Replace("\u200B", "", StringComparison.Ordinal));
    }

    [Fact]
    public void A_title_keeps_its_kind_and_calls_nobody() =>
        Assert.Equal(
            "fix: mend 100% of #\u200B12 for @\u200Bann",
            ForeignText.Line("fix: mend 100% of #12 for @ann", 72)
        );

    [Fact]
    public void It_is_cut_and_never_in_the_middle_of_a_sign()
    {
        Assert.Equal("a\n…", ForeignText.Lines("a😀b", 2));
        Assert.Equal("ab…", ForeignText.Line("abcdef", 3));
        Assert.Equal("a ↵ b", ForeignText.Line("a\nb", 72));
    }
}
