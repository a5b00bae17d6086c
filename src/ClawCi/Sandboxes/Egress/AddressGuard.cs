using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace ClawCi.Sandboxes.Egress;

/// <summary>Judges addresses. IPv6 is allowed by range and not refused by range: what is added to it later stays out.</summary>
/// <param name="own">Addresses of this machine, which may be public and yet show what only it should see.</param>
/// <param name="exempt">Endpoints that tests listen at, on this machine. Nothing a user writes gets here.</param>
internal sealed class AddressGuard(IReadOnlySet<IPAddress> own, IReadOnlySet<IPEndPoint> exempt)
{
    private static readonly IPNetwork[] PrivateRanges = Networks(
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "fc00::/7"
    );

    /// <summary>RFC 6890 and its registry, and the metadata services that lie outside the link-local range.</summary>
    private static readonly IPNetwork[] ForbiddenRanges = Networks(
        "0.0.0.0/8",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
        "100.100.100.200/32",
        "168.63.129.16/32",
        "fd00:ec2::/32",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20"
    );

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    public static AddressGuard OfThisMachine() =>
        new(
            NetworkInterface
                .GetAllNetworkInterfaces()
                .SelectMany(card => card.GetIPProperties().UnicastAddresses)
                .Select(entry => new IPAddress(entry.Address.GetAddressBytes()))
                .ToHashSet(),
            new HashSet<IPEndPoint>()
        );

    public AddressKind Judge(IPAddress address, int port)
    {
        var plain = Plain(address);
        if (exempt.Contains(new IPEndPoint(plain, port)))
            return AddressKind.Public;
        if (own.Contains(plain) || ForbiddenRanges.Any(range => range.Contains(plain)))
            return AddressKind.Forbidden;
        if (PrivateRanges.Any(range => range.Contains(plain)))
            return AddressKind.Private;
        return plain.AddressFamily == AddressFamily.InterNetwork || GlobalUnicast.Contains(plain)
            ? AddressKind.Public
            : AddressKind.Forbidden;
    }

    /// <summary>Mapped and translated addresses are what is inside them.</summary>
    private static IPAddress Plain(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return address.IsIPv4MappedToIPv6 || (bytes.Length == 16 && Nat64.Contains(new IPAddress(bytes)))
            ? new IPAddress(bytes[12..])
            : new IPAddress(bytes);
    }

    private static IPNetwork[] Networks(params string[] ranges) => [.. ranges.Select(IPNetwork.Parse)];
}
