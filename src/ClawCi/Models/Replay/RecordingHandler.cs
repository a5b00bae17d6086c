using System.Text;
using System.Text.Json.Nodes;

namespace ClawCi.Models.Replay;

/// <summary>Writes down what passes: each request as what is new in it, each reply as it came. Secrets are taken out on the way.</summary>
/// <param name="inner">What answers.</param>
/// <param name="mask">Takes secrets out of a text.</param>
internal sealed class RecordingHandler(
    HttpMessageHandler inner,
    Recording recording,
    Func<string, string> mask,
    TimeProvider time
) : DelegatingHandler(inner)
{
    /// <summary>Of the reply; everything else is the connection's business or could identify someone.</summary>
    private static readonly string[] Kept = ["request-id", "x-request-id", "retry-after", "retry-after-ms"];

    private readonly Lock _lock = new();
    private JsonObject? _previous = recording.Tail().Last;
    private int _requests = recording.Tail().Requests;
    private IOException? _failure;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        var number = Write(RequestJson.Normalise(body, mask));
        var started = time.GetTimestamp();
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            var type = response.Content.Headers.ContentType;
            var content = new StreamContent(
                new RecordedStream(
                    await response.Content.ReadAsStreamAsync(cancellationToken),
                    (bytes, isCut) => Write(number, HeadOf(response, isCut, time.GetElapsedTime(started)), bytes)
                )
            );
            content.Headers.ContentType = type;
            response.Content = content;
            return response;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            Write(number, new RecordedReply(null, [], IsCut: true, time.GetElapsedTime(started), ""), []);
            throw;
        }
    }

    private int Write(JsonObject request)
    {
        lock (_lock)
        {
            // What could not be written when a reply ended had nobody to be said to.
            if (_failure is { } failure)
                throw failure;
            var delta = RequestDelta.Shrink(request, _previous);
            _previous = request;
            File.WriteAllText(recording.RequestFile(++_requests), delta.ToJsonString(RequestJson.Indented) + "\n");
            return _requests;
        }
    }

    private void Write(int number, RecordedReply head, byte[] body)
    {
        try
        {
            var reply = head with { Body = MaskedBody.Apply(Encoding.UTF8.GetString(body), mask) };
            File.WriteAllText(recording.ReplyFile(number), reply.ToString());
        }
        catch (IOException e)
        {
            lock (_lock)
                _failure = e;
        }
    }

    private RecordedReply HeadOf(HttpResponseMessage response, bool isCut, TimeSpan duration)
    {
        List<(string Name, string Value)> headers = [];
        if (response.Content.Headers.ContentType is { } type)
            headers.Add(("content-type", type.ToString()));
        foreach (var name in Kept)
        {
            if (response.Headers.TryGetValues(name, out var values))
                headers.Add((name, OneLine(mask(string.Join(", ", values)))));
        }
        return new RecordedReply((int)response.StatusCode, headers, isCut, duration, "");
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
