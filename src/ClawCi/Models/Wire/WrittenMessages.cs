using System.Runtime.InteropServices;
using System.Text.Json;
using ClawCi.Messages;

namespace ClawCi.Models.Wire;

/// <summary>
/// The messages of a conversation as bytes. Each is written once: what a turn costs follows what is new in it and
/// not how long the conversation is.
/// </summary>
/// <param name="write">
/// Writes a message as the elements of an array: one, several or none. The flag says whether another model wrote it.
/// </param>
internal sealed class WrittenMessages(Action<Utf8JsonWriter, Message, bool> write)
{
    private byte[] _bytes = new byte[4096];
    private int _length;
    private readonly List<Message> _written = [];
    private readonly List<int> _ends = [];
    private int _foreign;

    /// <summary>The first <paramref name="count"/> messages, separated by commas. Valid until the next call.</summary>
    /// <param name="foreign">How many of the first messages another model answered.</param>
    public ReadOnlyMemory<byte> First(int count, IReadOnlyList<Message> messages, int foreign)
    {
        if (foreign != _foreign)
            Forget(0);
        _foreign = foreign;
        var known = Known(count, messages);
        // More than is asked for stays: the next turn asks for it.
        if (known < count && known < _written.Count)
            Forget(known);
        for (var i = known; i < count; i++)
        {
            Append(messages[i], i < foreign);
            _written.Add(messages[i]);
            _ends.Add(_length);
        }
        return _bytes.AsMemory(0, count == 0 ? 0 : _ends[count - 1]);
    }

    /// <summary>How many of the first messages are those that were written. All are looked at: compaction may replace any.</summary>
    private int Known(int count, IReadOnlyList<Message> messages)
    {
        // A session is a list, and a long one: looking through it must not cost more than the turn itself.
        var given = messages is List<Message> list ? CollectionsMarshal.AsSpan(list) : [.. messages];
        var written = CollectionsMarshal.AsSpan(_written);
        var known = 0;
        while (known < count && known < written.Length && ReferenceEquals(written[known], given[known]))
            known++;
        return known;
    }

    private void Forget(int from)
    {
        _length = from == 0 ? 0 : _ends[from - 1];
        _written.RemoveRange(from, _written.Count - from);
        _ends.RemoveRange(from, _ends.Count - from);
    }

    private void Append(Message message, bool foreign)
    {
        var elements = WireJson.Elements(writer => write(writer, message, foreign));
        if (elements.IsEmpty)
            return;
        var room = _length + elements.Length + 1;
        if (room > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(room, 2 * _bytes.Length));
        if (_length > 0)
            _bytes[_length++] = (byte)',';
        elements.CopyTo(_bytes.AsMemory(_length));
        _length += elements.Length;
    }
}
