using System.Text;

namespace ClawCi.Sandboxes.Egress;

/// <summary>What the proxy itself says: most clients show the first line, some the body, and a model reads either.</summary>
internal static class Answers
{
    public static ReadOnlyMemory<byte> Connected { get; } = "HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray();

    public static ReadOnlyMemory<byte> Continue { get; } = "HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray();

    /// <summary>A fatal alert, access_denied (RFC 8446, 6.2): the one answer that a TLS client understands.</summary>
    public static ReadOnlyMemory<byte> Alert { get; } = new byte[] { 21, 3, 3, 0, 2, 2, 49 };

    /// <param name="what">Host and port, or words for a request that names none.</param>
    public static byte[] Refusal(EgressException refusal, string what, NetworkAccess access)
    {
        var body =
            $"claw-ci: {what} {refusal.Message}.\n"
            + (
                refusal.Rule is null
                    ? ""
                    : $"Rule: {refusal.Rule}. This sandbox may reach: {access}.\n"
                        + "A rule decided this; another try ends in the same way.\n"
            );
        var phrase = refusal.Rule is null ? "Unreachable" : $"Refused by claw-ci, rule {refusal.Rule}";
        return Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {refusal.Status} {phrase}: {what}\r\n"
                + "Content-Type: text/plain; charset=utf-8\r\n"
                + $"Content-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"
        );
    }
}
