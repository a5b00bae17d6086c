using System.Buffers.Binary;
using System.Text;

namespace ClawCi.Sandboxes.Probes;

/// <summary>The first message of TLS, as small as it may be (RFC 8446, 4.1.2), for a server of this name (RFC 6066, 3).</summary>
internal static class TlsHello
{
    public static byte[] For(string server)
    {
        var name = Encoding.ASCII.GetBytes(server);
        byte[] host = [0, .. Sized(name)];
        byte[] extension = [0, 0, .. Sized(Sized(host))];
        byte[] suites = [0x13, 0x01];
        byte[] body = [3, 3, .. new byte[32], 0, .. Sized(suites), 1, 0, .. Sized(extension)];
        byte[] message = [1, 0, .. Sized(body)];
        return [22, 3, 1, .. Sized(message)];
    }

    /// <summary>With its length in two bytes before it.</summary>
    private static byte[] Sized(byte[] bytes)
    {
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)bytes.Length);
        return [.. length, .. bytes];
    }
}
