using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace ClawCi.Sandboxes.Egress;

/// <summary>Reads the first message of TLS (RFC 8446, 4.1.2; server_name is RFC 6066, 3), in as many pieces as it comes.</summary>
/// <param name="ServerName">Null when none was sent.</param>
/// <param name="IsEncrypted">It carries another, encrypted hello (ECH), whose name nobody on the way can see.</param>
internal sealed record ClientHello(string? ServerName, bool IsEncrypted)
{
    private const int LongestHello = 32 << 10;
    private const byte HandshakeRecord = 22;
    private const byte HelloMessage = 1;
    private const int ServerNameExtension = 0;
    private const int EncryptedHello = 0xFE0D;
    private const int EncryptedServerName = 0xFFCE;

    /// <returns>Null when more bytes are needed.</returns>
    /// <exception cref="EgressException">This is no ClientHello.</exception>
    public static ClientHello? TryRead(ReadOnlySequence<byte> received)
    {
        var bytes = received.Slice(0, Math.Min(received.Length, LongestHello)).ToArray();
        var message = new ArrayBufferWriter<byte>();
        var rest = bytes.AsSpan();
        while (rest.Length > 0)
        {
            if (rest[0] != HandshakeRecord || (rest.Length > 1 && rest[1] != 3))
                throw NotTls();
            if (rest.Length < 5)
                return More(received);
            var length = BinaryPrimitives.ReadUInt16BigEndian(rest[3..]);
            if (length is 0 or > 1 << 14)
                throw NotTls();
            message.Write(rest.Slice(5, Math.Min(length, rest.Length - 5)));
            if (message.WrittenCount > 0 && message.WrittenSpan[0] != HelloMessage)
                throw NotTls();
            if (message.WrittenCount >= 4 && Body(message.WrittenSpan) is var size && message.WrittenCount >= size + 4)
            {
                // Another message in the same record would be one that we did not look at.
                if (message.WrittenCount != size + 4 || rest.Length < 5 + length)
                    throw NotTls();
                return Parse(new Reader(message.WrittenMemory[4..]));
            }
            if (rest.Length < 5 + length)
                return More(received);
            rest = rest[(5 + length)..];
        }
        return More(received);
    }

    private static int Body(ReadOnlySpan<byte> message) => (message[1] << 16) | (message[2] << 8) | message[3];

    private static ClientHello? More(ReadOnlySequence<byte> received) =>
        received.Length < LongestHello ? null : throw NotTls();

    private static ClientHello Parse(Reader body)
    {
        body.Take(2 + 32);
        body.Take(body.Byte());
        body.Take(body.Short());
        body.Take(body.Byte());
        string? name = null;
        var encrypted = false;
        if (!body.IsEmpty)
        {
            var extensions = new Reader(body.Take(body.Short()));
            HashSet<int> seen = [];
            while (!extensions.IsEmpty)
            {
                var type = extensions.Short();
                var content = new Reader(extensions.Take(extensions.Short()));
                if (!seen.Add(type))
                    throw NotTls();
                if (type == ServerNameExtension)
                    name = Name(content);
                encrypted |= type is EncryptedHello or EncryptedServerName;
            }
        }
        if (!body.IsEmpty)
            throw NotTls();
        return new ClientHello(name, encrypted);
    }

    /// <summary>One name, of a host.</summary>
    private static string Name(Reader content)
    {
        var list = new Reader(content.Take(content.Short()));
        var type = list.Byte();
        var name = list.Take(list.Short());
        if (type != 0 || !list.IsEmpty || !content.IsEmpty)
            throw NotTls();
        return Encoding.Latin1.GetString(name.Span);
    }

    private static EgressException NotTls() =>
        new("tls", "is refused: what was sent is not the beginning of TLS, and nothing else may pass through CONNECT");

    /// <summary>Takes from the front; too little left is no hello.</summary>
    private sealed class Reader(ReadOnlyMemory<byte> rest)
    {
        private ReadOnlyMemory<byte> _rest = rest;

        public bool IsEmpty => _rest.IsEmpty;

        public ReadOnlyMemory<byte> Take(int count)
        {
            if (count > _rest.Length)
                throw NotTls();
            var taken = _rest[..count];
            _rest = _rest[count..];
            return taken;
        }

        public int Byte() => Take(1).Span[0];

        public int Short() => BinaryPrimitives.ReadUInt16BigEndian(Take(2).Span);
    }
}
