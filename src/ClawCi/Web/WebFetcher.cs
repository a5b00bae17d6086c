using System.Net;
using System.Net.Http.Headers;
using ClawCi.Sandboxes.Egress;

namespace ClawCi.Web;

/// <summary>
/// Fetches pages for the model, from the runner and yet under the rules of the task's sandbox: the same hosts, every address judged after
/// it was resolved and connected to as judged, each redirect like an address of its own. Nothing goes along: no key, no cookie.
/// </summary>
/// <param name="outside">Made at the first page: most tasks fetch none.</param>
/// <param name="report">Told of every host that was asked for.</param>
internal sealed class WebFetcher(
    NetworkAccess access,
    Func<Outside> outside,
    FetchLimits limits,
    string version,
    Action<NetworkUse> report,
    TimeProvider time
)
{
    private const int HeaderKilobytes = 64;
    private const int LongestProblem = 300;
    private readonly Lazy<Outside> _outside = new(outside);

    public FetchLimits Limits => limits;

    /// <exception cref="FetchException">Why there is no page.</exception>
    public async Task<WebPage> FetchAsync(string url, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limits.Time, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        var address = WebAddress.Parse(url);
        try
        {
            for (var redirects = 0; ; redirects++)
            {
                var (page, location) = await AskAsync(address, either.Token);
                if (page is not null)
                    return page;
                if (redirects == limits.Redirects)
                    throw new FetchException($"There are more than {limits.Redirects} redirects.");
                address = address.Then(location!);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FetchException(
                $"{address} did not answer in full within {limits.Time.TotalSeconds:0.#} seconds."
            );
        }
    }

    /// <summary>One request, and what is told of it.</summary>
    private async Task<(WebPage? Page, string? Location)> AskAsync(WebAddress address, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        var link = new Link();
        var rule = access.Find(address.Host, address.Port);
        var (deniedBy, problem) = (rule is null ? "network" : null, (string?)null);
        try
        {
            if (rule is null)
                throw new EgressException("network", $"is not among what this task may reach: {access}");
            return await AskAsync(address, link, ct);
        }
        catch (Exception e) when (e is HttpRequestException or IOException && ct.IsCancellationRequested)
        {
            // Which of them sees the end of the time first is chance.
            problem = "took too long";
            throw new OperationCanceledException(problem, e, ct);
        }
        // The last is what a body throws that is not compressed as it says.
        catch (Exception e) when (e is EgressException or HttpRequestException or IOException or InvalidDataException)
        {
            var refusal = RefusalIn(e);
            deniedBy = refusal?.Rule;
            problem = refusal?.Message ?? $"could not be fetched: {Shown((e.InnerException ?? e).Message)}";
            throw new FetchException(
                $"{address} {problem}."
                    + (deniedBy is null ? "" : " A rule decided this; another try ends in the same way.")
            );
        }
        catch (Exception e) when (e is FetchException or OperationCanceledException)
        {
            problem = e is FetchException ? e.Message : "took too long";
            throw;
        }
        finally
        {
            report(
                new NetworkUse(
                    address.Host,
                    address.Port,
                    deniedBy is null,
                    deniedBy ?? rule!.Text,
                    problem,
                    link.Stream?.Up ?? 0,
                    link.Stream?.Down ?? 0,
                    time.GetElapsedTime(started)
                )
            );
        }
    }

    private async Task<(WebPage? Page, string? Location)> AskAsync(WebAddress address, Link link, CancellationToken ct)
    {
        // One for each request: no connection, and nothing that a host said, is used for another.
        using var http = new HttpMessageInvoker(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseProxy = false,
                UseCookies = false,
                MaxResponseHeadersLength = HeaderKilobytes,
                MaxResponseDrainSize = 0,
                AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
                ConnectCallback = async (_, token) =>
                    link.Stream = new MeteredStream(
                        await _outside.Value.ConnectAsync(
                            address.Url.Scheme,
                            address.Host,
                            address.Port,
                            access.MayBePrivate(address.Host, address.Port),
                            token
                        ),
                        new Meter(EgressLimits.Default),
                        EgressLimits.Default.Idle
                    ),
            }
        );
        using var request = new HttpRequestMessage(HttpMethod.Get, address.Url)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("claw-ci", version));
        request.Headers.Accept.ParseAdd("text/html, text/*, application/json, */*;q=0.1");
        using var response = await http.SendAsync(request, ct);
        var status = (int)response.StatusCode;
        if (status is 301 or 302 or 303 or 307 or 308 && response.Headers.Location is { } location)
            return (null, location.OriginalString);
        return (await ReadAsync(address, status, response.Content, ct), null);
    }

    private async Task<WebPage> ReadAsync(WebAddress address, int status, HttpContent content, CancellationToken ct)
    {
        var headers = content.Headers;
        var type = headers.ContentType?.MediaType?.ToLowerInvariant() ?? "";
        if (headers.ContentEncoding.Count > 0)
            throw new FetchException($"{address} sent the page in an encoding that was not asked for.");
        if (!WebPage.IsText(type))
            throw new FetchException(
                $"{address} sent {Shown(type)} (status {status}), and only text is shown. Nothing of it was kept."
            );
        // An HTTP stack may say how long it is, and may be wrong: it is read until it is too long.
        await using var body = await content.ReadAsStreamAsync(ct);
        var bytes = new MemoryStream();
        var buffer = new byte[64 << 10];
        while (bytes.Length <= limits.Bytes && await body.ReadAsync(buffer, ct) is > 0 and var count)
            await bytes.WriteAsync(buffer.AsMemory(0, count), ct);
        var isCut = bytes.Length > limits.Bytes;
        if (isCut)
            bytes.SetLength(limits.Bytes);
        return new(address.Url, status, type, headers.ContentType?.CharSet?.Trim('"'), bytes.ToArray(), isCut);
    }

    /// <summary>What the connection's maker throws comes inside of what the HTTP stack throws.</summary>
    private static EgressException? RefusalIn(Exception e) =>
        e switch
        {
            EgressException own => own,
            { InnerException: EgressException inner } => inner,
            _ => null,
        };

    private static string Shown(string text) =>
        VisibleText.Line(text.Length <= LongestProblem ? text : text[..LongestProblem] + "…").TrimEnd('.');

    /// <summary>The connection of a request, as soon as there is one.</summary>
    private sealed class Link
    {
        public MeteredStream? Stream { get; set; }
    }
}
