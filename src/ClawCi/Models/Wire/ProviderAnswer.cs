using System.Globalization;
using System.Net.Http.Headers;

namespace ClawCi.Models.Wire;

/// <summary>What the headers of an answer say beside its status.</summary>
/// <param name="RetryAfter">How long the provider asks to wait; never negative.</param>
/// <param name="ShouldRetry">What it says of trying again.</param>
internal sealed record ProviderAnswer(string? RequestId, TimeSpan? RetryAfter, bool? ShouldRetry)
{
    /// <summary>Longer than any run.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    public static ProviderAnswer Read(HttpResponseHeaders headers, DateTimeOffset now)
    {
        var id = Text(headers, "request-id") ?? Text(headers, "x-request-id") ?? Text(headers, "apim-request-id");
        return new(
            id is null ? null : Snippet.Of(id, 100),
            Wait(headers, now),
            bool.TryParse(Text(headers, "x-should-retry"), out var should) ? should : null
        );
    }

    private static TimeSpan? Wait(HttpResponseHeaders headers, DateTimeOffset now)
    {
        if (
            double.TryParse(
                Text(headers, "retry-after-ms"),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var milliseconds
            )
        )
            return TimeSpan.FromMilliseconds(Math.Min(milliseconds, Longest.TotalMilliseconds));
        var wait = headers.RetryAfter?.Delta ?? (headers.RetryAfter?.Date - now);
        return wait < TimeSpan.Zero ? TimeSpan.Zero
            : wait > Longest ? Longest
            : wait;
    }

    private static string? Text(HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out var values) ? values.First() : null;
}
