using System.Net;
using System.Text;
using ClawCi.Messages;

namespace ClawCi.Models.Scripted;

/// <summary>
/// Takes the network's place below the real client and answers from a script, in the provider's own bytes: event
/// streams, error bodies, stalls and cuts.
/// </summary>
/// <param name="file">The script's path, for messages.</param>
/// <param name="answered">How many requests were answered before: they are not answered again.</param>
/// <param name="below">How many of these were of subagents. What they had under way ended with the run, so their parts begin anew.</param>
internal sealed class ScriptedHandler(Script script, string file, TimeProvider time, int answered = 0, int below = 0)
    : HttpMessageHandler
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _parts = new()
    {
        [""] = script.Replies.Any(reply => reply.ForPrompt is not null) ? answered - below : answered,
    };
    private int _requests = answered;
    private long _cachedTokens;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var asked = ScriptedRequest.Read(script.Api, await request.Content!.ReadAsByteArrayAsync(cancellationToken));
        var part = script.PartFor(asked.FirstMessage);
        int number,
            inPart;
        lock (_lock)
        {
            number = ++_requests;
            inPart = _parts[part ?? ""] = _parts.GetValueOrDefault(part ?? "") + 1;
        }
        if (script.ReplyTo(part, inPart) is not var (position, reply))
            throw Mismatch($"the script is used up: request {number} has no reply", [], asked);
        var misses = reply.Expect?.Misses(asked).ToList() ?? [];
        if (misses.Count > 0)
            throw Mismatch($"reply {position} expects another request than request {number}", misses, asked);
        if (reply.Delay is { } delay)
            await Task.Delay(delay.Value, time, cancellationToken);
        if (reply.Stall is ScriptStall.BeforeReply)
            await Task.Delay(ScriptedBody.Silence, time, cancellationToken);
        var response = Answer(reply, number, asked);
        response.Headers.Add(script.Api is ModelApi.Messages ? "request-id" : "x-request-id", $"req_{number:0000}");
        return response;
    }

    private HttpResponseMessage Answer(ScriptReply reply, int number, ScriptedRequest asked) =>
        reply switch
        {
            { Status: { } status } => Refuse(status, reply),
            { Malformed: ScriptMalformed.Html } => Respond(
                HttpStatusCode.OK,
                "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body></body></html>\n",
                "text/html"
            ),
            { Malformed: ScriptMalformed.Garbage } => Respond(
                HttpStatusCode.OK,
                (script.Api is ModelApi.Messages ? "event: message_start\n" : "")
                    + "data: {\"type\": \"message_st\u0001\ufffd %PDF-1.7\n\n",
                "text/event-stream"
            ),
            _ => Stream(reply, number, asked),
        };

    private HttpResponseMessage Stream(ScriptReply reply, int number, ScriptedRequest asked)
    {
        var events = ScriptedEvents.Of(script.Api, reply, number, script.Model ?? "scripted", Estimate(reply, asked));
        var end = BodyEnd.Whole;
        if (reply.Stall is ScriptStall.InReply)
            (events, end) = ([events[0]], BodyEnd.Stalled);
        if (reply.CutAfterBytes is { } length)
        {
            byte[] whole = [.. events.SelectMany(bytes => bytes)];
            if (length < whole.Length)
                (events, end) = ([whole[..length]], BodyEnd.Cut);
        }
        var chunks = reply.ChunkBytes is { } size ? events.SelectMany(bytes => bytes).Chunk(size) : events;
        var content = new StreamContent(new ScriptedBody(chunks, end, time));
        content.Headers.ContentType = new("text/event-stream");
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = content };
    }

    /// <summary>
    /// The usage that the script gives; else one that looks like a provider's: four bytes a token, and what the last
    /// request held is read from the cache.
    /// </summary>
    private Usage Estimate(ScriptReply reply, ScriptedRequest asked)
    {
        if (reply.Usage is { } given)
            return new(
                given.InputTokens,
                given.OutputTokens,
                given.CacheCreationInputTokens,
                given.CacheReadInputTokens
            );
        const int uncached = 4;
        var said =
            (reply.Text?.Length ?? 0)
            + (reply.Thinking?.Length ?? 0)
            + (
                reply.ToolUses?.Sum(use => use.Name.Length + (use.InputJson ?? use.Input?.GetRawText() ?? "").Length)
                ?? 0
            );
        var total = Math.Max(asked.Bytes / 4, uncached + 1);
        lock (_lock)
        {
            var read = Math.Min(_cachedTokens, total - uncached);
            _cachedTokens = total - uncached;
            return new Usage(uncached, (said / 4) + 1, total - uncached - read, read);
        }
    }

    private HttpResponseMessage Refuse(int status, ScriptReply reply)
    {
        var error = $$"""{"type":"{{ErrorType(status)}}","message":"as the script says"}""";
        var body =
            reply.Body
            ?? (
                script.Api is ModelApi.Messages
                    ? $$"""{"type":"error","error":{{error}}}"""
                    : $$"""{"error":{{error}}}"""
            );
        var type =
            body.StartsWith('{') ? "application/json"
            : body.StartsWith('<') ? "text/html"
            : "text/plain";
        var response = Respond((HttpStatusCode)status, body, type);
        if (reply.RetryAfter is { } seconds)
            response.Headers.RetryAfter = new(TimeSpan.FromSeconds(seconds));
        return response;
    }

    private static HttpResponseMessage Respond(HttpStatusCode status, string body, string type) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, type) };

    private static string ErrorType(int status) =>
        status switch
        {
            401 => "authentication_error",
            402 => "billing_error",
            403 => "permission_error",
            404 => "not_found_error",
            413 => "request_too_large",
            429 => "rate_limit_error",
            529 => "overloaded_error",
            >= 500 => "api_error",
            _ => "invalid_request_error",
        };

    private ModelException Mismatch(string what, IReadOnlyList<string> misses, ScriptedRequest asked)
    {
        IEnumerable<string> lines =
        [
            $"{file}: {what}",
            .. misses.Select(miss => $"  - expected {miss}"),
            "  + the last message of the request:",
            .. asked.LastMessage.Select(part => $"  +   {part}"),
        ];
        return new ModelException(ModelFailure.ScriptMismatch, string.Join('\n', lines));
    }
}
