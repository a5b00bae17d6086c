using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Text;

namespace ClawCi.Sandboxes.Egress;

/// <summary>A request's body on its way out, delimited anew: what follows it is the next request and nothing else.</summary>
/// <param name="length">As <see cref="RequestHead.BodyLength"/> gives it.</param>
internal sealed class RequestBody(PipeReader reader, long length) : HttpContent
{
    private const int LongestLine = 256;

    /// <summary>Whether all of it was read, so that the next request can be.</summary>
    public bool IsRead { get; private set; } = length == 0;

    protected override bool TryComputeLength(out long computed)
    {
        computed = length;
        return length >= 0;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream,
        TransportContext? context,
        CancellationToken cancellationToken
    )
    {
        if (length >= 0)
        {
            await CopyAsync(length, stream, cancellationToken);
        }
        else
        {
            while (await ChunkAsync(cancellationToken) is > 0 and var size)
            {
                await CopyAsync(size, stream, cancellationToken);
                if ((await LineAsync(cancellationToken)).Length > 0)
                    throw EgressException.Malformed("a chunk is longer than it says");
            }
            // Trailers go nowhere.
            while ((await LineAsync(cancellationToken)).Length > 0) { }
        }
        IsRead = true;
    }

    private async Task<int> ChunkAsync(CancellationToken ct)
    {
        var size = (await LineAsync(ct)).Split(';')[0].TrimEnd(' ', '\t');
        return
            size.Length is > 0 and <= 7
            && int.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var count)
            ? count
            : throw EgressException.Malformed("a chunk has no proper size");
    }

    private async Task CopyAsync(long count, Stream stream, CancellationToken ct)
    {
        while (count > 0)
        {
            var result = await reader.ReadAsync(ct);
            var piece = result.Buffer.Slice(0, Math.Min(count, result.Buffer.Length));
            if (piece.IsEmpty)
                throw EgressException.Malformed("its body ends early");
            foreach (var memory in piece)
                await stream.WriteAsync(memory, ct);
            count -= piece.Length;
            reader.AdvanceTo(piece.End);
        }
    }

    /// <summary>Without its CR LF.</summary>
    private async Task<string> LineAsync(CancellationToken ct)
    {
        while (true)
        {
            var result = await reader.ReadAsync(ct);
            if (result.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Encoding.Latin1.GetString(result.Buffer.Slice(0, end));
                reader.AdvanceTo(result.Buffer.GetPosition(1, end));
                return line.Length <= LongestLine && line.EndsWith('\r')
                    ? line[..^1]
                    : throw EgressException.Malformed("a line of its body does not end in CR LF");
            }
            var (tooLong, isDone) = (result.Buffer.Length > LongestLine, result.IsCompleted);
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (tooLong || isDone)
                throw EgressException.Malformed("its body ends early");
        }
    }
}
