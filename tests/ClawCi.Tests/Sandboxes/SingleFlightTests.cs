using ClawCi.Sandboxes.Docker;
using Xunit;

namespace ClawCi.Tests.Sandboxes;

public sealed class SingleFlightTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_who_ask_at_once_or_later_get_what_one_piece_of_work_gave_and_hear_of_its_progress()
    {
        var flight = new SingleFlight<int, string>();
        var release = new TaskCompletionSource();
        var works = 0;
        var heard = new List<string>();
        Task<int> AskAsync() =>
            flight.RunAsync(
                "key",
                async (tell, _) =>
                {
                    await release.Task;
                    tell("half");
                    return ++works;
                },
                heard.Add,
                Now
            );
        var (one, two) = (AskAsync(), AskAsync());
        release.SetResult();
        Assert.All(await Task.WhenAll(one, two), result => Assert.Equal(1, result));
        Assert.Equal(["half", "half"], heard);
        Assert.Equal(1, await AskAsync());
    }

    [Fact]
    public async Task Who_leaves_does_not_take_the_work_from_those_who_stay_and_the_last_one_ends_it()
    {
        var flight = new SingleFlight<int, string>();
        var ended = new TaskCompletionSource();
        async Task<int> WorkAsync(Action<string> tell, CancellationToken ct)
        {
            await using var end = ct.Register(ended.SetResult);
            await Task.Delay(Timeout.Infinite, ct);
            return 0;
        }
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        var one = flight.RunAsync("key", WorkAsync, null, first.Token);
        var two = flight.RunAsync("key", WorkAsync, null, second.Token);
        await first.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        Assert.False(ended.Task.IsCompleted);
        await second.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => two);
        await ended.Task.WaitAsync(Now);
    }

    [Fact]
    public async Task What_failed_is_tried_again()
    {
        var flight = new SingleFlight<int, string>();
        await Assert.ThrowsAsync<IOException>(() =>
            flight.RunAsync("key", (_, _) => throw new IOException(), null, Now)
        );
        Assert.Equal(7, await flight.RunAsync("key", (_, _) => Task.FromResult(7), null, Now));
    }
}
