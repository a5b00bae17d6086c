namespace ClawCi.Sandboxes.Egress;

/// <summary>Counts what a container moves, over all its connections.</summary>
internal sealed class Meter(EgressLimits limits)
{
    private long _up;
    private long _down;
    private int _connections;

    /// <exception cref="EgressException">The container has had its connections.</exception>
    public void CountConnection()
    {
        if (Interlocked.Increment(ref _connections) > limits.Connections)
            throw new EgressException("quota", $"is one more than the {limits.Connections} connections of a sandbox");
    }

    /// <summary>Whether this is the first connection too many: the thousands after it are not worth a word each.</summary>
    public bool IsFirstTooMany => Volatile.Read(ref _connections) == limits.Connections + 1;

    /// <exception cref="EgressException">It is more than the container may send.</exception>
    public void CountUp(int bytes)
    {
        if (Interlocked.Add(ref _up, bytes) > limits.BytesUp)
            throw new EgressException("quota", $"ended: a sandbox may send {limits.BytesUp >> 20} MiB in all");
    }

    /// <exception cref="EgressException">It is more than the container may receive.</exception>
    public void CountDown(int bytes)
    {
        if (Interlocked.Add(ref _down, bytes) > limits.BytesDown)
            throw new EgressException("quota", $"ended: a sandbox may receive {limits.BytesDown >> 20} MiB in all");
    }
}
