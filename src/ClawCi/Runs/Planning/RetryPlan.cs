using ClawCi.Configuration;
using ClawCi.Runs.Planning.TaskFiles;

namespace ClawCi.Runs.Planning;

/// <summary>When a task is tried again from its beginning.</summary>
/// <param name="Attempts">Altogether; 1 is no retry.</param>
/// <param name="Backoff">Before the second attempt; doubled before each further one.</param>
internal sealed record RetryPlan(IReadOnlyList<Outcome> On, int Attempts, TimeSpan Backoff)
{
    public static readonly RetryPlan Never = new([], 1, TimeSpan.Zero);

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    public static RetryPlan Of(TaskSource task, Origins origins)
    {
        if (task.File.Retry is not { } section)
            return Never;
        string Source(string key, bool isGiven) => isGiven ? task.Document.SourceOf("retry", key) : Origins.BuiltIn;
        var plan = new RetryPlan(
            [
                .. (section.On ?? [RetryWord.ModelUnavailable, RetryWord.SandboxUnavailable])
                    .Distinct()
                    .Select(OutcomeOf),
            ],
            section.Attempts ?? 2,
            section.Backoff?.Value ?? TimeSpan.FromSeconds(30)
        );
        origins.Add("retry.on", string.Join(", ", plan.On.Select(Outcomes.Name)), Source("on", section.On is not null));
        origins.Add("retry.attempts", $"{plan.Attempts}", Source("attempts", section.Attempts is not null));
        origins.Add("retry.backoff", Duration.Write(plan.Backoff), Source("backoff", section.Backoff is not null));
        return plan;
    }

    /// <summary>
    /// Whether a task that ended so is tried again. What the agent brought about on the machine's or the model's side, it would
    /// again; what is in the checkout already cannot be made anew.
    /// </summary>
    /// <param name="attempts">How many there were.</param>
    public bool Again(Outcome outcome, bool isRetryable, bool isApplied, int attempts) =>
        attempts < Attempts
        && !isApplied
        && On.Contains(outcome)
        && (isRetryable || outcome is not (Outcome.ModelUnavailable or Outcome.SandboxUnavailable));

    /// <param name="attempts">How many there were.</param>
    public TimeSpan WaitAfter(int attempts)
    {
        var wait = Backoff * Math.Pow(2, attempts - 1);
        return wait < LongestWait ? wait
            : LongestWait > Backoff ? LongestWait
            : Backoff;
    }

    private static Outcome OutcomeOf(RetryWord word) =>
        word switch
        {
            RetryWord.ModelUnavailable => Outcome.ModelUnavailable,
            RetryWord.SandboxUnavailable => Outcome.SandboxUnavailable,
            RetryWord.SetupFailed => Outcome.SetupFailed,
            RetryWord.TaskFailed => Outcome.TaskFailed,
            RetryWord.NoChanges => Outcome.NoChanges,
            _ => Outcome.InvalidOutput,
        };
}
