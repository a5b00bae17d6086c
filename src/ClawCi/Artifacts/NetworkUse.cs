using ClawCi.Events;

namespace ClawCi.Artifacts;

/// <summary>The connections that a container asked for, host by host, with what came of them.</summary>
internal sealed record NetworkUse(string Purpose, string Host, int Port, string Decision, string Rule, string? Reason)
{
    public int Count { get; private set; }
    public long BytesUp { get; private set; }
    public long BytesDown { get; private set; }

    public bool IsDenied => Decision == "deny";

    /// <summary><c>host:port</c>; a request that named no host that can be judged has none.</summary>
    public string Address => Host.Length == 0 ? "no host" : $"{Host}:{Port}";

    public void Add(NetworkUsed use)
    {
        Count++;
        BytesUp += use.BytesUp;
        BytesDown += use.BytesDown;
    }
}
