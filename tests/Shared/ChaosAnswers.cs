using System.Text;

namespace ClawCi.TestSupport;

/// <summary>The ways in which an endpoint answers well and badly.</summary>
internal static class ChaosAnswers
{
    private const string EventStreamHead =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\nrequest-id: req_chaos\r\nconnection: close\r\n";

    /// <summary>An event stream that ends when the connection does.</summary>
    /// <param name="pieceBytes">How many bytes are sent at a time.</param>
    public static ChaosAnswer Stream(string events, int pieceBytes = int.MaxValue) =>
        Stream(Encoding.UTF8.GetBytes(events), pieceBytes);

    /// <inheritdoc cref="Stream(string, int)"/>
    public static ChaosAnswer Stream(byte[] events, int pieceBytes = int.MaxValue) =>
        async connection =>
        {
            await connection.SendAsync(EventStreamHead + "\r\n");
            for (var sent = 0; sent < events.Length; sent += Math.Min(pieceBytes, events.Length - sent))
                await connection.SendAsync(events.AsMemory(sent, Math.Min(pieceBytes, events.Length - sent)));
        };

    /// <summary>Any answer with a body of known length.</summary>
    /// <param name="headers">Lines, each ended by CRLF.</param>
    public static ChaosAnswer Respond(
        int status,
        string body,
        string contentType = "application/json",
        string headers = ""
    ) =>
        connection =>
            connection.SendAsync(
                $"HTTP/1.1 {status} X\r\ncontent-type: {contentType}\r\nrequest-id: req_chaos\r\n{headers}"
                    + $"content-length: {Encoding.UTF8.GetByteCount(body)}\r\nconnection: close\r\n\r\n{body}"
            );

    /// <summary>The provider's error object with its status.</summary>
    public static ChaosAnswer Error(int status, string type, string message, string headers = "") =>
        Respond(
            status,
            $$$"""{"type":"error","error":{"type":"{{{type}}}","message":"{{{message}}}"},"request_id":"req_chaos"}""",
            headers: headers
        );

    /// <summary>An event stream that loses its connection: the framing says that more was to come.</summary>
    public static ChaosAnswer CutAfter(string events) =>
        async connection =>
        {
            await connection.SendAsync(EventStreamHead + "transfer-encoding: chunked\r\n\r\n");
            await connection.SendAsync($"{Encoding.UTF8.GetByteCount(events):x}\r\n{events}\r\n");
        };

    /// <summary>An event stream that is ended by a TCP reset.</summary>
    public static ChaosAnswer ResetAfter(string events) =>
        async connection =>
        {
            await connection.SendAsync(EventStreamHead + "\r\n" + events);
            connection.Reset();
        };

    /// <summary>An event stream that falls silent.</summary>
    public static ChaosAnswer StallAfter(string events) =>
        async connection =>
        {
            await connection.SendAsync(EventStreamHead + "\r\n" + events);
            await connection.StallAsync();
        };

    /// <summary>No answer at all.</summary>
    public static ChaosAnswer Stall { get; } = connection => connection.StallAsync();

    /// <summary>A TCP reset instead of an answer.</summary>
    public static ChaosAnswer Reset { get; } =
        connection =>
        {
            connection.Reset();
            return Task.CompletedTask;
        };

    /// <summary>The connection is closed without a word.</summary>
    public static ChaosAnswer Close { get; } = _ => Task.CompletedTask;
}
