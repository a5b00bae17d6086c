namespace ClawCi.Sandboxes.Egress;

/// <summary>One host, or all below a suffix, at some ports.</summary>
/// <param name="Text">As it was written: the bundle's name, when it stands in one.</param>
/// <param name="Host">Canonical; of a suffix what follows <c>*.</c>.</param>
internal sealed record HostRule(string Text, string Host, bool IsSuffix, IReadOnlyList<int> Ports)
{
    /// <summary>What a rule without a port means.</summary>
    public static IReadOnlyList<int> DefaultPorts { get; } = [443, 80];

    /// <summary>Host and ports, as they can be written.</summary>
    public string Pattern =>
        (IsSuffix ? "*." : "") + Host + (Ports.SequenceEqual(DefaultPorts) ? "" : $":{string.Join('/', Ports)}");

    /// <param name="host">Canonical.</param>
    public bool Matches(string host, int port) =>
        Ports.Contains(port)
        && (IsSuffix ? host.EndsWith("." + Host, StringComparison.Ordinal) : host == Host)
        && (!IsSuffix || !HostName.IsAddress(host));

    /// <summary>What both allow; null when that is nothing.</summary>
    public HostRule? And(HostRule other)
    {
        var narrower =
            Within(other) ? this
            : other.Within(this) ? other
            : null;
        int[] ports = [.. Ports.Intersect(other.Ports)];
        if (narrower is null || ports.Length == 0)
            return null;
        var both = narrower with { Ports = ports };
        return both with { Text = both.Same(this) && both.Same(other) ? narrower.Text : both.Pattern };
    }

    private bool Within(HostRule other) =>
        other.IsSuffix
            ? (IsSuffix && Host == other.Host) || Host.EndsWith("." + other.Host, StringComparison.Ordinal)
            : !IsSuffix && Host == other.Host;

    private bool Same(HostRule other) =>
        IsSuffix == other.IsSuffix && Host == other.Host && Ports.SequenceEqual(other.Ports);
}
