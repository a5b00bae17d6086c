using System.Net;
using System.Text;

namespace ClawCi.Sandboxes.Egress;

/// <summary>Writes an answer to the client, delimited anew.</summary>
/// <param name="keep">Whether the connection stays open.</param>
internal sealed class ResponseWriter(HttpResponseMessage response, RequestHead request, bool keep)
{
    private static readonly HashSet<string> Ours = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection",
        "Keep-Alive",
        "Proxy-Authenticate",
        "Proxy-Connection",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
    };

    public async Task WriteAsync(Stream client, CancellationToken ct)
    {
        var hasBody =
            request.Method != "HEAD"
            && response.StatusCode is not (HttpStatusCode.NoContent or HttpStatusCode.NotModified);
        var chunked = hasBody && response.Content.Headers.ContentLength is null && !request.IsHttp10;
        await client.WriteAsync(Encoding.Latin1.GetBytes(Head(chunked)), ct);
        if (!hasBody)
            return;
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        var buffer = new byte[32 << 10];
        while (await body.ReadAsync(buffer, ct) is > 0 and var count)
        {
            if (chunked)
                await client.WriteAsync(Encoding.ASCII.GetBytes($"{count:x}\r\n"), ct);
            await client.WriteAsync(buffer.AsMemory(0, count), ct);
            if (chunked)
                await client.WriteAsync("\r\n"u8.ToArray(), ct);
        }
        if (chunked)
            await client.WriteAsync("0\r\n\r\n"u8.ToArray(), ct);
    }

    private string Head(bool chunked)
    {
        var text = new StringBuilder($"HTTP/1.1 {(int)response.StatusCode} {response.ReasonPhrase}\r\n");
        foreach (var (name, values) in response.Headers.NonValidated)
            Append(text, name, values);
        foreach (var (name, values) in response.Content.Headers.NonValidated)
            Append(text, name, values);
        if (chunked)
            text.Append("Transfer-Encoding: chunked\r\n");
        if (!keep)
            text.Append("Connection: close\r\n");
        return text.Append("\r\n").ToString();
    }

    private static void Append(StringBuilder text, string name, System.Net.Http.Headers.HeaderStringValues values)
    {
        if (Ours.Contains(name))
            return;
        foreach (var value in values)
            text.Append($"{name}: {value}\r\n");
    }
}
