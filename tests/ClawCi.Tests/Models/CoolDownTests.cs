using ClawCi.Messages;
using ClawCi.Models;
using Xunit;

namespace ClawCi.Tests.Models;

public sealed class CoolDownTests
{
    private static readonly ModelReply Reply = new(Message.User("ok"), StopReasons.EndTurn, new Usage(), "m", null);

    private readonly HurriedTime _time = new();

    [Fact]
    public async Task What_one_task_was_told_to_wait_is_waited_by_all_tasks_of_the_run()
    {
        var coolDowns = new CoolDowns(_time);
        var start = _time.GetUtcNow();
        await Assert.ThrowsAsync<ModelException>(() =>
            Policy(coolDowns, "api.example.com")
                .RunAsync(
                    _ =>
                        throw new ModelException(
                            ModelFailure.RateLimited,
                            "slow",
                            retryAfter: TimeSpan.FromSeconds(40)
                        ),
                    _ => { },
                    start + TimeSpan.FromSeconds(10),
                    CancellationToken.None
                )
        );
        Assert.Equal(start, _time.GetUtcNow());

        await RunAsync(Policy(coolDowns, "other.example.com"), start.AddHours(1));
        Assert.Equal(start, _time.GetUtcNow());

        await RunAsync(Policy(coolDowns, "api.example.com"), start.AddHours(1));
        Assert.Equal(TimeSpan.FromSeconds(40), _time.GetUtcNow() - start);
    }

    [Fact]
    public async Task A_wait_beyond_a_tasks_time_is_not_begun_and_says_why()
    {
        var coolDowns = new CoolDowns(_time);
        coolDowns.Of("api").Extend(TimeSpan.FromMinutes(5), new(ModelFailure.Overloaded, "busy", 529));
        var start = _time.GetUtcNow();
        var failure = await Assert.ThrowsAsync<ModelException>(() =>
            RunAsync(Policy(coolDowns, "api"), start.AddMinutes(1))
        );
        Assert.Equal((ModelFailure.Overloaded, 529, "busy"), (failure.Failure, failure.Status, failure.Message));
        Assert.Equal((true, false), (failure.IsTransient, failure.IsToBeRetried));
        Assert.Equal(start, _time.GetUtcNow());
    }

    [Fact]
    public async Task A_failure_that_is_only_this_requests_cools_nothing()
    {
        var coolDowns = new CoolDowns(_time);
        await Assert.ThrowsAsync<ModelException>(() =>
            Policy(coolDowns, "api")
                .RunAsync(
                    _ => throw new ModelException(ModelFailure.Interrupted, "cut"),
                    _ => { },
                    _time.GetUtcNow(),
                    CancellationToken.None
                )
        );
        var start = _time.GetUtcNow();
        await RunAsync(Policy(coolDowns, "api"), start.AddHours(1));
        Assert.Equal(start, _time.GetUtcNow());
    }

    private RetryPolicy Policy(CoolDowns coolDowns, string endpoint) => new(_time, () => 0.5, coolDowns.Of(endpoint));

    private static Task<ModelReply> RunAsync(RetryPolicy policy, DateTimeOffset deadline) =>
        policy.RunAsync(_ => Task.FromResult(Reply), _ => { }, deadline, CancellationToken.None);
}
