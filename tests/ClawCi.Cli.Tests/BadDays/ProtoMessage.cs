using System.Buffers.Binary;
using System.Text;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>A message of protocol buffers, by the numbers of its fields.</summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Number, byte[] Value)> _fields = [];

    public ProtoMessage(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var tag = Varint(ref bytes);
            var value = (tag & 7) switch
            {
                0 => BitConverter.GetBytes(Varint(ref bytes)),
                1 => Take(ref bytes, 8),
                2 => Take(ref bytes, (int)Varint(ref bytes)),
                5 => Take(ref bytes, 4),
                var type => throw new InvalidDataException($"wire type {type}"),
            };
            _fields.Add(((int)(tag >> 3), value));
        }
    }

    public IEnumerable<ProtoMessage> All(params int[] path) =>
        path is [var number, .. var rest]
            ? _fields
                .Where(field => field.Number == number)
                .SelectMany(field => new ProtoMessage(field.Value).All(rest))
            : [this];

    public byte[]? Bytes(int number) =>
        _fields.Where(field => field.Number == number).Select(field => field.Value).FirstOrDefault();

    public string Text(int number) => Encoding.UTF8.GetString(Bytes(number) ?? []);

    public string Hex(int number) => Convert.ToHexStringLower(Bytes(number) ?? []);

    /// <summary>Attributes of OpenTelemetry, in field <paramref name="number"/>: strings and whole numbers.</summary>
    public Dictionary<string, string> Attributes(int number) =>
        All(number)
            .ToDictionary(
                attribute => attribute.Text(1),
                attribute =>
                    attribute.All(2).Single() is var value && value.Bytes(3) is { } whole
                        ? $"{BinaryPrimitives.ReadInt64LittleEndian(whole)}"
                        : attribute.All(2).Single().Text(1)
            );

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
    }

    private static byte[] Take(ref ReadOnlySpan<byte> bytes, int count)
    {
        var taken = bytes[..count].ToArray();
        bytes = bytes[count..];
        return taken;
    }
}
