namespace ClawCi.Sandboxes.Egress;

/// <summary>A request for <c>http:</c>, judged to be for one host only.</summary>
/// <param name="Path">Path and query, as they came.</param>
internal sealed record PlainRequest(RequestHead Head, Authority Authority, string Path)
{
    private const string Scheme = "http://";
    private const int DefaultPort = 80;

    /// <exception cref="EgressException">It is in another form, or names two hosts.</exception>
    public static PlainRequest Of(RequestHead head)
    {
        if (!head.Target.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            throw EgressException.Malformed(
                "this is a proxy; its target must be http://host/path, or CONNECT host:port"
            );
        var rest = head.Target[Scheme.Length..];
        var slash = rest.AsSpan().IndexOfAny('/', '?', '#');
        var name = slash < 0 ? rest : rest[..slash];
        var path = slash < 0 ? "/" : rest[slash..];
        if (Authority.Parse(name, DefaultPort) is not { } authority)
            throw EgressException.Malformed("it names no host that can be judged");
        if (path[0] != '/' || path.Contains('#', StringComparison.Ordinal))
            throw EgressException.Malformed("its target has no plain path");
        var hosts = head.All("Host");
        if (hosts.Count > 1 || (hosts.Count == 0 && !head.IsHttp10))
            throw EgressException.Malformed("there must be one Host header");
        if (hosts is [var host] && Authority.Parse(host, DefaultPort) != authority)
            throw EgressException.Malformed("its Host header is not the host of its target");
        return new PlainRequest(head, authority, path);
    }
}
