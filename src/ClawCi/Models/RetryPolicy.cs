using Polly;
using Polly.Retry;

namespace ClawCi.Models;

/// <summary>
/// Repeats a whole message, not an HTTP request: nothing acts on part of a reply, so dropping the part is safe
/// and a fault in the middle of a stream is covered like any other.
/// </summary>
internal sealed class RetryPolicy
{
    public const int MaxAttempts = 9;

    private static readonly TimeSpan FirstDelayFrom = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan FirstDelayTo = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(30);

    // No model answers in less: an attempt cut by the deadline would hide that the model was away behind a timeout.
    private static readonly TimeSpan LeastTimeToAnswer = TimeSpan.FromSeconds(1);
    private static readonly ResiliencePropertyKey<Call> CallKey = new("call");

    private readonly TimeProvider _time;
    private readonly Func<double> _random;
    private readonly CoolDown _coolDown;
    private readonly ResiliencePipeline _pipeline;

    /// <param name="random">Uniform in [0, 1).</param>
    /// <param name="coolDown">The endpoint's, shared by all who ask it.</param>
    public RetryPolicy(TimeProvider time, Func<double> random, CoolDown coolDown)
    {
        _coolDown = coolDown;
        _time = time;
        _random = random;
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(
                new RetryStrategyOptions
                {
                    MaxRetryAttempts = MaxAttempts - 1,
                    ShouldHandle = args => ValueTask.FromResult(ShouldRetry(args)),
                    DelayGenerator = args => ValueTask.FromResult<TimeSpan?>(CallOf(args.Context).Delay),
                    OnRetry = args =>
                    {
                        Report(args);
                        return default;
                    },
                }
            )
            .Build();
    }

    /// <summary>Runs <paramref name="attempt"/> until it succeeds, fails for good, or the next one could not be answered in time.</summary>
    /// <exception cref="ModelException">The last attempt's.</exception>
    public async Task<ModelReply> RunAsync(
        Func<CancellationToken, Task<ModelReply>> attempt,
        Action<ModelRetry> onRetry,
        DateTimeOffset deadline,
        CancellationToken ct
    )
    {
        var context = ResilienceContextPool.Shared.Get(ct);
        context.Properties.Set(CallKey, new Call(onRetry, deadline));
        try
        {
            return await _pipeline.ExecuteAsync(
                async (ctx, run) =>
                {
                    await _coolDown.WaitAsync(CallOf(ctx).Deadline, ctx.CancellationToken);
                    return await run(ctx.CancellationToken);
                },
                context,
                attempt
            );
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>The wait after the given attempt, counted from 0: what the provider asked for, else a growing back-off.</summary>
    public TimeSpan DelayAfter(int attempt, TimeSpan? retryAfter)
    {
        if (retryAfter is { } asked)
            return asked;
        var first = FirstDelayFrom + ((FirstDelayTo - FirstDelayFrom) * _random());
        var grown = first * Math.Pow(2, attempt);
        return grown < MaxDelay ? grown : MaxDelay;
    }

    private bool ShouldRetry(RetryPredicateArguments<object> args)
    {
        if (args.Outcome.Exception is not ModelException { IsToBeRetried: true } failure)
            return false;
        var call = CallOf(args.Context);
        call.Delay = DelayAfter(args.AttemptNumber, failure.RetryAfter);
        if (failure.Failure is ModelFailure.RateLimited or ModelFailure.Overloaded)
            _coolDown.Extend(call.Delay, failure);
        return call.Delay + LeastTimeToAnswer < call.Deadline - _time.GetUtcNow();
    }

    private static void Report(OnRetryArguments<object> args)
    {
        var failure = (ModelException)args.Outcome.Exception!;
        CallOf(args.Context)
            .OnRetry(
                new ModelRetry(
                    args.AttemptNumber + 1,
                    MaxAttempts,
                    args.RetryDelay,
                    failure.Failure,
                    failure.Status,
                    failure.Message,
                    failure.RequestId
                )
            );
    }

    private static Call CallOf(ResilienceContext context) => context.Properties.GetValue(CallKey, null!);

    /// <summary>What belongs to one message and all its attempts.</summary>
    private sealed class Call(Action<ModelRetry> onRetry, DateTimeOffset deadline)
    {
        public Action<ModelRetry> OnRetry { get; } = onRetry;
        public DateTimeOffset Deadline { get; } = deadline;
        public TimeSpan Delay { get; set; }
    }
}
