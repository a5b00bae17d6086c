using System.Net;
using System.Net.Http.Headers;

namespace ClawCi.Tests.Models;

/// <summary>Answers with an event stream whose reads return pieces of the given sizes, over and over.</summary>
internal sealed class PiecewiseHandler(byte[] bytes, int[] sizes) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var content = new StreamContent(new Pieces(bytes, sizes));
        content.Headers.ContentType = new MediaTypeHeaderValue("text/event-stream");
        return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = content });
    }

    private sealed class Pieces(byte[] bytes, int[] sizes) : MemoryStream(bytes)
    {
        private int _next;

        public override ValueTask<int> ReadAsync(
            Memory<byte> destination,
            CancellationToken cancellationToken = default
        ) =>
            base.ReadAsync(
                destination[..Math.Min(destination.Length, sizes[_next++ % sizes.Length])],
                cancellationToken
            );
    }
}
