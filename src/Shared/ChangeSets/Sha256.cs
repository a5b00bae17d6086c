using System.Buffers.Binary;

namespace ClawCi.ChangeSets;

/// <summary>
/// SHA-256 (FIPS 180-4). The framework's own loads OpenSSL when it runs, and the tool server runs in images that have
/// none.
/// </summary>
internal sealed class Sha256
{
    private const int BlockBytes = 64;

    private static readonly uint[] Constants = Fractions(64, Math.Cbrt);
    private static readonly uint[] Initial = Fractions(8, Math.Sqrt);

    private readonly uint[] _state = [.. Initial];
    private readonly byte[] _block = new byte[BlockBytes];
    private long _length;

    public static byte[] Hash(ReadOnlySpan<byte> content)
    {
        var hash = new Sha256();
        hash.Append(content);
        return hash.Finish();
    }

    public void Append(ReadOnlySpan<byte> content)
    {
        var used = (int)(_length % BlockBytes);
        _length += content.Length;
        if (used > 0)
        {
            var fits = Math.Min(BlockBytes - used, content.Length);
            content[..fits].CopyTo(_block.AsSpan(used));
            content = content[fits..];
            if (used + fits < BlockBytes)
                return;
            Compress(_block);
        }
        for (; content.Length >= BlockBytes; content = content[BlockBytes..])
            Compress(content);
        content.CopyTo(_block);
    }

    /// <returns>32 bytes. Nothing may be appended afterwards.</returns>
    public byte[] Finish()
    {
        var bits = _length * 8;
        var padding = new byte[BlockBytes + 8 - (int)((_length + 8) % BlockBytes)];
        padding[0] = 0x80;
        BinaryPrimitives.WriteInt64BigEndian(padding.AsSpan(padding.Length - 8), bits);
        Append(padding);
        var hash = new byte[32];
        for (var i = 0; i < _state.Length; i++)
            BinaryPrimitives.WriteUInt32BigEndian(hash.AsSpan(i * 4), _state[i]);
        return hash;
    }

    private void Compress(ReadOnlySpan<byte> block)
    {
        Span<uint> w = stackalloc uint[64];
        for (var i = 0; i < 16; i++)
            w[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(i * 4)..]);
        for (var i = 16; i < 64; i++)
        {
            var (early, late) = (w[i - 15], w[i - 2]);
            var s0 = uint.RotateRight(early, 7) ^ uint.RotateRight(early, 18) ^ (early >> 3);
            var s1 = uint.RotateRight(late, 17) ^ uint.RotateRight(late, 19) ^ (late >> 10);
            w[i] = w[i - 16] + s0 + w[i - 7] + s1;
        }
        var (a, b, c, d) = (_state[0], _state[1], _state[2], _state[3]);
        var (e, f, g, h) = (_state[4], _state[5], _state[6], _state[7]);
        for (var i = 0; i < 64; i++)
        {
            var s1 = uint.RotateRight(e, 6) ^ uint.RotateRight(e, 11) ^ uint.RotateRight(e, 25);
            var t1 = h + s1 + ((e & f) ^ (~e & g)) + Constants[i] + w[i];
            var s0 = uint.RotateRight(a, 2) ^ uint.RotateRight(a, 13) ^ uint.RotateRight(a, 22);
            var t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e) = (g, f, e, d + t1);
            (d, c, b, a) = (c, b, a, t1 + t2);
        }
        ReadOnlySpan<uint> sum = [a, b, c, d, e, f, g, h];
        for (var i = 0; i < sum.Length; i++)
            _state[i] += sum[i];
    }

    /// <summary>The first 32 bits behind the point of a root of each of the first primes: how the standard makes its constants.</summary>
    private static uint[] Fractions(int count, Func<double, double> root)
    {
        var fractions = new uint[count];
        for (int number = 2, found = 0; found < count; number++)
        {
            if (Enumerable.Range(2, number - 2).All(divisor => number % divisor != 0))
                fractions[found++] = (uint)((root(number) % 1) * 4294967296.0);
        }
        return fractions;
    }
}
