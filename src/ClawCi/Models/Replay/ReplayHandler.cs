using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ClawCi.Models.Scripted;

namespace ClawCi.Models.Replay;

/// <summary>
/// Takes the network's place below the real client and answers from a recording. A request is answered with the reply of the
/// first one that was the same and is still unused; faults come as they came, but at once.
/// </summary>
/// <param name="mask">Takes secrets out of a text, as when it was recorded.</param>
/// <param name="used">How many replies were given before: they are not given again.</param>
internal sealed class ReplayHandler(Recording recording, Func<string, string> mask, TimeProvider time, int used = 0)
    : HttpMessageHandler
{
    private readonly Lock _lock = new();
    private readonly List<RecordedExchange> _unused = [.. recording.Read().Skip(used)];
    private int _requests = used;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var asked = RequestJson.Normalise(await request.Content!.ReadAsByteArrayAsync(cancellationToken), mask);
        return Answer(Take(asked).Reply);
    }

    /// <summary>To be called when nothing more will be asked.</summary>
    /// <exception cref="ModelException">More was asked when it was recorded.</exception>
    public void RequireUsed()
    {
        lock (_lock)
        {
            if (_unused.Count > 0)
                throw new ModelException(
                    ModelFailure.RecordingMismatch,
                    $"{recording.RequestFile(_unused[0].Number)}: the run ended without this request"
                        + (
                            _unused.Count > 1
                                ? $" and {_unused.Count - 1} more that were recorded"
                                : ", which was recorded"
                        )
                );
        }
    }

    private RecordedExchange Take(JsonObject asked)
    {
        lock (_lock)
        {
            _requests++;
            var exchange = _unused.Find(one => JsonNode.DeepEquals(one.Request, asked));
            if (exchange is null)
                throw new ModelException(ModelFailure.RecordingMismatch, Mismatch(asked));
            _unused.Remove(exchange);
            return exchange;
        }
    }

    private string Mismatch(JsonObject asked)
    {
        if (_unused.Count == 0)
            return $"{recording.Directory}: the recording is used up: request {_requests} has no reply";
        var next = _unused[0];
        var difference = JsonDifference.Find(next.Request, asked)!;
        return string.Join(
            '\n',
            $"{recording.RequestFile(next.Number)}: request {_requests} is another than was recorded",
            $"  first difference at {difference.Where}",
            $"  - {difference.Expected}",
            $"  + {difference.Got}"
        );
    }

    private HttpResponseMessage Answer(RecordedReply reply)
    {
        if (reply.Status is not { } status)
            throw new HttpRequestException("The connection gave no answer when this was recorded.");
        var body = new ScriptedBody(
            [Encoding.UTF8.GetBytes(reply.Body)],
            reply.IsCut ? BodyEnd.Cut : BodyEnd.Whole,
            time
        );
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StreamContent(body) };
        foreach (var (name, value) in reply.Headers)
        {
            if (!name.StartsWith("retry-after", StringComparison.Ordinal))
                _ =
                    response.Headers.TryAddWithoutValidation(name, value)
                    || response.Content.Headers.TryAddWithoutValidation(name, value);
        }
        if (status >= 400)
            response.Headers.RetryAfter = new(TimeSpan.Zero);
        return response;
    }
}
