namespace ClawCi.Models;

/// <summary>
/// Until when an endpoint wants to be left alone. What one task was told holds for all: asking on would only lengthen it.
/// </summary>
internal sealed class CoolDown(TimeProvider time)
{
    private readonly Lock _lock = new();
    private DateTimeOffset _until;
    private ModelException? _why;

    /// <summary>Nobody asks for so long.</summary>
    /// <param name="why">The failure that says so.</param>
    public void Extend(TimeSpan wait, ModelException why)
    {
        lock (_lock)
        {
            var until = time.GetUtcNow() + wait;
            if (until > _until)
                (_until, _why) = (until, why);
        }
    }

    /// <exception cref="ModelException">Why, when the wait would go beyond the deadline.</exception>
    public async Task WaitAsync(DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        while (true)
        {
            TimeSpan left;
            lock (_lock)
            {
                left = _until - time.GetUtcNow();
                if (left > TimeSpan.Zero && _until >= deadline)
                    throw new ModelException(_why!.Failure, _why.Message, _why.Status, shouldRetry: false, inner: _why);
            }
            if (left <= TimeSpan.Zero)
                return;
            // A delay counts whole milliseconds; what is left of one must not be asked for again and again.
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), time, cancellationToken);
        }
    }
}
