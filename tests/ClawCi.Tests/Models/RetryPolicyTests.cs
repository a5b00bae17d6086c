using ClawCi.Messages;
using ClawCi.Models;
using Xunit;

namespace ClawCi.Tests.Models;

public sealed class RetryPolicyTests
{
    private static readonly ModelReply Reply = new(
        new Message(Role.Assistant, [new TextBlock("ok")]),
        StopReasons.EndTurn,
        new Usage(),
        "m",
        null
    );

    private readonly HurriedTime _time = new();
    private readonly List<ModelRetry> _retries = [];
    private int _attempts;

    [Theory]
    [InlineData(ModelFailure.RateLimited)]
    [InlineData(ModelFailure.Overloaded)]
    [InlineData(ModelFailure.ServerError)]
    [InlineData(ModelFailure.ConnectionLost)]
    [InlineData(ModelFailure.Interrupted)]
    [InlineData(ModelFailure.Stalled)]
    [InlineData(ModelFailure.InvalidReply)]
    internal async Task A_transient_failure_is_tried_again(ModelFailure failure)
    {
        Assert.Same(Reply, await RunAsync(_ => new(failure, "it broke", status: 599), failures: 2));
        Assert.Equal(3, _attempts);
        Assert.Equal([1, 2], _retries.Select(retry => retry.Attempt));
        Assert.All(
            _retries,
            retry =>
                Assert.Equal(
                    (9, failure, 599, "it broke"),
                    (retry.MaxAttempts, retry.Failure, retry.Status, retry.Message)
                )
        );
    }

    [Theory]
    [InlineData(ModelFailure.Authentication)]
    [InlineData(ModelFailure.NotFound)]
    [InlineData(ModelFailure.ContextOverflow)]
    [InlineData(ModelFailure.BadRequest)]
    [InlineData(ModelFailure.ScriptMismatch)]
    internal async Task Another_failure_is_final(ModelFailure failure)
    {
        var thrown = await Assert.ThrowsAsync<ModelException>(() => RunAsync(_ => new(failure, "no")));
        Assert.Equal(failure, thrown.Failure);
        Assert.Equal(1, _attempts);
        Assert.Empty(_retries);
    }

    [Fact]
    public async Task After_nine_attempts_the_last_failure_is_thrown()
    {
        var thrown = await Assert.ThrowsAsync<ModelException>(() =>
            RunAsync(attempt => new(ModelFailure.Overloaded, $"attempt {attempt}"))
        );
        Assert.Equal("attempt 9", thrown.Message);
        Assert.Equal(8, _retries.Count);
    }

    [Fact]
    public async Task The_back_off_grows_and_is_capped()
    {
        await Assert.ThrowsAsync<ModelException>(() => RunAsync(_ => new(ModelFailure.Overloaded, "x"), random: 0));
        Assert.Equal([0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6], _retries.Select(retry => retry.Delay.TotalSeconds));
        _retries.Clear();
        await Assert.ThrowsAsync<ModelException>(() => RunAsync(_ => new(ModelFailure.Overloaded, "x"), random: 1));
        Assert.Equal([2, 4, 8, 16, 30, 30, 30, 30], _retries.Select(retry => retry.Delay.TotalSeconds));
    }

    [Fact]
    public async Task What_the_provider_asks_to_wait_is_waited()
    {
        var start = _time.GetUtcNow();
        await RunAsync(_ => new(ModelFailure.RateLimited, "x", retryAfter: TimeSpan.FromSeconds(77)), failures: 1);
        Assert.Equal(77, _retries.Single().Delay.TotalSeconds);
        Assert.Equal(TimeSpan.FromSeconds(77), _time.GetUtcNow() - start);
    }

    [Fact]
    public async Task A_wait_beyond_the_deadline_is_not_begun()
    {
        var start = _time.GetUtcNow();
        var thrown = await Assert.ThrowsAsync<ModelException>(() =>
            RunAsync(
                _ => new(ModelFailure.RateLimited, "later", retryAfter: TimeSpan.FromHours(1)),
                deadline: start + TimeSpan.FromMinutes(30)
            )
        );
        Assert.Equal("later", thrown.Message);
        Assert.Equal(1, _attempts);
        Assert.Empty(_retries);
        Assert.Equal(start, _time.GetUtcNow());
    }

    [Theory]
    [InlineData(10_999, 1)]
    [InlineData(11_001, 2)]
    public async Task An_attempt_that_nobody_could_answer_in_time_is_not_begun(int milliseconds, int attempts)
    {
        await Assert.ThrowsAsync<ModelException>(() =>
            RunAsync(
                _ => new(ModelFailure.ConnectionLost, "x", retryAfter: TimeSpan.FromSeconds(10)),
                deadline: _time.GetUtcNow() + TimeSpan.FromMilliseconds(milliseconds)
            )
        );
        Assert.Equal(attempts, _attempts);
    }

    [Fact]
    public async Task The_deadline_is_the_messages_and_not_the_attempts()
    {
        var deadline = _time.GetUtcNow() + TimeSpan.FromSeconds(25);
        await Assert.ThrowsAsync<ModelException>(() =>
            RunAsync(_ => new(ModelFailure.Overloaded, "x", retryAfter: TimeSpan.FromSeconds(10)), deadline: deadline)
        );
        Assert.Equal(3, _attempts);
        Assert.True(_time.GetUtcNow() < deadline);
    }

    [Fact]
    public async Task Cancellation_ends_the_wait()
    {
        using var stop = new CancellationTokenSource();
        var policy = new RetryPolicy(TimeProvider.System, () => 0.5, new CoolDown(TimeProvider.System));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            policy.RunAsync(
                _ => throw new ModelException(ModelFailure.Overloaded, "x", retryAfter: TimeSpan.FromHours(1)),
                _ => stop.Cancel(),
                DateTimeOffset.MaxValue,
                stop.Token
            )
        );
    }

    [Fact]
    public async Task Two_messages_at_once_keep_their_deadlines_apart()
    {
        var policy = new RetryPolicy(_time, () => 0, new CoolDown(_time));
        var patient = policy.RunAsync(Fail(2), _ => { }, DateTimeOffset.MaxValue, CancellationToken.None);
        var hurried = policy.RunAsync(Fail(2), _ => { }, _time.GetUtcNow(), CancellationToken.None);
        Assert.Same(Reply, await patient);
        await Assert.ThrowsAsync<ModelException>(() => hurried);

        static Func<CancellationToken, Task<ModelReply>> Fail(int times) =>
            async _ =>
            {
                await Task.Yield();
                return times-- > 0 ? throw new ModelException(ModelFailure.Overloaded, "x") : Reply;
            };
    }

    private Task<ModelReply> RunAsync(
        Func<int, ModelException> failure,
        int failures = int.MaxValue,
        double random = 0.5,
        DateTimeOffset? deadline = null
    )
    {
        _attempts = 0;
        return new RetryPolicy(_time, () => random, new CoolDown(_time)).RunAsync(
            _ => _attempts++ < failures ? throw failure(_attempts) : Task.FromResult(Reply),
            _retries.Add,
            deadline ?? DateTimeOffset.MaxValue,
            TestContext.Current.CancellationToken
        );
    }
}
