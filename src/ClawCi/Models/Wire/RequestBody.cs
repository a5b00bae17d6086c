using System.Net;

namespace ClawCi.Models.Wire;

/// <summary>A JSON body in parts, sent as they are.</summary>
internal sealed class RequestBody : HttpContent
{
    private readonly IReadOnlyList<ReadOnlyMemory<byte>> _parts;
    private Action? _release;

    /// <param name="release">Called once, when the parts are not needed any more.</param>
    public RequestBody(IReadOnlyList<ReadOnlyMemory<byte>> parts, Action release)
    {
        _parts = parts;
        _release = release;
        Headers.ContentType = new("application/json");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream,
        TransportContext? context,
        CancellationToken cancellationToken
    )
    {
        foreach (var part in _parts)
            await stream.WriteAsync(part, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _parts.Sum(part => (long)part.Length);
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Interlocked.Exchange(ref _release, null)?.Invoke();
        base.Dispose(disposing);
    }
}
