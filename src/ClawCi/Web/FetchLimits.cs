namespace ClawCi.Web;

/// <summary>Bounds on one page that is fetched.</summary>
/// <param name="Bytes">Of the body, decompressed; what comes after is not read.</param>
/// <param name="Time">For everything, redirects included.</param>
/// <param name="Characters">Of the text that is shown at once.</param>
internal sealed record FetchLimits(int Bytes, int Redirects, TimeSpan Time, int Characters)
{
    /// <summary>Of an address: it may carry out what the sandbox holds.</summary>
    public const int AddressLength = 2_000;

    public static FetchLimits Default { get; } = new(4 << 20, 5, TimeSpan.FromSeconds(30), 40_000);
}
