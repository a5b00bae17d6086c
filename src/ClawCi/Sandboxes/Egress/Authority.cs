using System.Globalization;

namespace ClawCi.Sandboxes.Egress;

/// <summary>Host and port that a request names.</summary>
/// <param name="Host">Canonical.</param>
internal readonly record struct Authority(string Host, int Port)
{
    public override string ToString() => $"{Host}:{Port}";

    /// <summary>Null for anything but a plain host, and a port unless there is a default one: no user, no brackets, no escapes.</summary>
    public static Authority? Parse(string text, int? defaultPort)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var host = HostName.Canonical(colon < 0 ? text : text[..colon]);
        int? port = colon < 0 ? defaultPort : PortOf(text[(colon + 1)..]);
        return host is null || port is null ? null : new Authority(host, port.Value);

        static int? PortOf(string digits) =>
            digits.Length <= 5
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is >= 1 and <= 65535
                ? number
                : null;
    }
}
