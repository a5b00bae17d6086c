namespace ClawCi.Sandboxes.Egress;

/// <summary>A connection that is not made, or ends. The message completes "host:port …", for the model.</summary>
/// <param name="rule">
/// Which rule refused it: <c>network</c>, <c>address</c>, <c>tls</c>, <c>sni</c>, <c>http</c>, <c>quota</c>; null for what is allowed and
/// cannot be reached.
/// </param>
internal sealed class EgressException(string? rule, string message, int status = 403) : Exception(message)
{
    public string? Rule { get; } = rule;

    /// <summary>Of the HTTP answer.</summary>
    public int Status { get; } = status;

    public static EgressException Unreachable(string why) => new(null, $"could not be reached: {why}", 502);

    public static EgressException Malformed(string what) => new("http", $"the request is refused: {what}", 400);
}
