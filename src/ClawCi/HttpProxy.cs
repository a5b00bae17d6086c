using System.Net;

namespace ClawCi;

/// <summary>Proxies as variables name them: an address that may hold a user and a password.</summary>
internal static class HttpProxy
{
    /// <summary>Null for none. The proxy's own address, which stands in messages, is without the password.</summary>
    public static WebProxy? Of(Uri? address) =>
        address is null
            ? null
            : new WebProxy(new UriBuilder(address) { UserName = "", Password = "" }.Uri)
            {
                Credentials = UserOf(address),
            };

    private static NetworkCredential? UserOf(Uri address) =>
        address.UserInfo.Split(':', 2) is [{ Length: > 0 } user, .. var rest]
            ? new(Uri.UnescapeDataString(user), Uri.UnescapeDataString(string.Concat(rest)))
            : null;
}
