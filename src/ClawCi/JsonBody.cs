namespace ClawCi;

/// <summary>The body of an HTTP answer that is to be JSON.</summary>
internal static class JsonBody
{
    /// <summary>JSON is UTF-8 (RFC 8259 §8.1), whatever charset the answer names: with one that is not known here it could not be read at all.</summary>
    public static async Task<string> ReadAsync(HttpContent content, CancellationToken ct)
    {
        using var reader = new StreamReader(await content.ReadAsStreamAsync(ct));
        return await reader.ReadToEndAsync(ct);
    }
}
