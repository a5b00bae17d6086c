using ClawCi.GitHub;
using Xunit;

namespace ClawCi.Tests.GitHub;

public sealed class WorkflowCommandTests
{
    [Fact]
    public void A_message_of_several_lines_stays_one_command() =>
        Assert.Equal(
            "::warning title=a%3Ab%2Cc::1%25%0D%0A::error::2",
            WorkflowCommand.Warning("a:b,c", "1%\r\n::error::2").ToString()
        );

    [Fact]
    public void A_group_has_its_title_as_message() =>
        Assert.Equal("::group::turn 1, done: 100%25", WorkflowCommand.Group("turn 1, done: 100%").ToString());

    [Theory]
    [InlineData("::error::x", ": :error::x")]
    [InlineData("  ::error::x", "  : :error::x")]
    [InlineData("a ##[error]x", "a # #[error]x")]
    [InlineData("####[error]x", "### #[error]x")]
    [InlineData("##vso[task.complete]", "# #vso[task.complete]")]
    [InlineData("a::b ## c", "a::b ## c")]
    public void A_line_of_text_is_no_command_and_still_reads(string line, string expected) =>
        Assert.Equal(expected, WorkflowCommand.Neutralise(line));
}
