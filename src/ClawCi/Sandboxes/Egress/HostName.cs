using System.Net;
using System.Text.RegularExpressions;

namespace ClawCi.Sandboxes.Egress;

/// <summary>Host names as they are compared: ASCII, lower case, without the root's dot.</summary>
internal static partial class HostName
{
    private const int Longest = 253;

    /// <summary>Null for what is no host name, and for every spelling of an address but <c>1.2.3.4</c>.</summary>
    public static string? Canonical(string text)
    {
        var host = text.EndsWith('.') ? text[..^1] : text;
        if (host.Length is 0 or > Longest || !Shape().IsMatch(host))
            return null;
        host = host.ToLowerInvariant();
        // What no URI can name cannot be asked for either, such as `1.-b.test`.
        return (!EndsInNumber(host) || IsAddress(host)) && Uri.TryCreate($"http://{host}", UriKind.Absolute, out _)
            ? host
            : null;
    }

    /// <summary>Four decimal numbers, spelt in the one way that nobody reads differently.</summary>
    public static bool IsAddress(string host) =>
        EndsInNumber(host) && IPAddress.TryParse(host, out var address) && address.ToString() == host;

    /// <summary>As browsers have it: resolvers take such a name for an address, <c>2130706433</c>, <c>0177.1</c>, <c>0x7f.1</c>.</summary>
    private static bool EndsInNumber(string host)
    {
        var last = host[(host.LastIndexOf('.') + 1)..];
        return last.All(char.IsAsciiDigit) || last.StartsWith("0x", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^(?!-)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\z")]
    private static partial Regex Shape();
}
