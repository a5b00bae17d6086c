using ClawCi.Mcp;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClawCi.Tests.Mcp;

public sealed class McpMeterTests
{
    [Fact]
    public async Task A_server_that_says_something_now_and_then_is_not_silent()
    {
        var time = new FakeTimeProvider();
        var meter = new McpMeter(time);
        var silence = meter.SilenceAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        for (var i = 0; i < 3; i++)
        {
            time.Advance(TimeSpan.FromSeconds(6));
            meter.Count(bytes: 1, line: 1, ends: 0);
        }
        Assert.False(silence.IsCompleted);
        while (!silence.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }
        await silence;
    }

    [Fact]
    public void A_message_that_comes_in_pieces_is_as_long_as_all_of_them()
    {
        var meter = new McpMeter(TimeProvider.System);
        meter.Count(bytes: 10, line: McpLimits.LongestMessage, ends: 0);
        Assert.Null(meter.Violation);
        meter.Count(bytes: 10, line: McpLimits.LongestMessage + 1, ends: 0);
        Assert.Equal("it sent a message of more than 8 MiB", meter.Violation);
    }
}
