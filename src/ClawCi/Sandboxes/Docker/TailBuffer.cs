using System.Text;

namespace ClawCi.Sandboxes.Docker;

/// <summary>The last 8 KiB of what was appended.</summary>
internal sealed class TailBuffer
{
    private readonly byte[] _ring = new byte[8192];
    private readonly Lock _lock = new();
    private long _written;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            foreach (var value in bytes)
                _ring[_written++ % _ring.Length] = value;
        }
    }

    public override string ToString()
    {
        lock (_lock)
        {
            if (_written <= _ring.Length)
                return Encoding.UTF8.GetString(_ring, 0, (int)_written);
            var start = (int)(_written % _ring.Length);
            return Encoding.UTF8.GetString([.. _ring[start..], .. _ring[..start]]);
        }
    }
}
