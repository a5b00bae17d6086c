using ClawCi.Sandboxes.Egress;

namespace ClawCi.Web;

/// <summary>An address that may be asked for: plain http or https to a host, and nothing that two readers read differently.</summary>
/// <param name="Host">Canonical.</param>
internal sealed record WebAddress(Uri Url, string Host)
{
    public int Port => Url.Port;

    /// <exception cref="FetchException">It is none.</exception>
    public static WebAddress Parse(string text)
    {
        if (text.Length is 0 or > FetchLimits.AddressLength)
            throw new FetchException($"The url must have 1 to {FetchLimits.AddressLength} characters.");
        if (text.Any(letter => letter is <= ' ' or '\\' or (>= '\x7f' and <= '\xa0')))
            throw new FetchException("The url holds a blank, a backslash or a control character; write it as %20.");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw new FetchException("The url must begin with https:// or http://.");
        if (url.UserInfo.Length > 0 || url.Authority.Contains('@', StringComparison.Ordinal))
            throw new FetchException("The url must not hold a user or a password.");
        return HostName.Canonical(url.IdnHost) is { } host
            ? new(url, host)
            : throw new FetchException("The url must name a host, such as docs.example.com.");
    }

    /// <summary>Where a redirect leads, held to the same.</summary>
    /// <exception cref="FetchException">It leads nowhere that may be asked for.</exception>
    public WebAddress Then(string location)
    {
        if (!Uri.TryCreate(Url, location, out var next))
            throw new FetchException($"{this} redirects to something that is no url.");
        if (Url.Scheme == "https" && next.Scheme == "http")
            throw new FetchException($"{this} redirects from https to http, which is not followed.");
        try
        {
            return Parse(next.AbsoluteUri);
        }
        catch (FetchException e)
        {
            throw new FetchException($"{this} redirects to where nothing is fetched. {e.Message}");
        }
    }

    public override string ToString() => $"{Host}:{Port}";
}
