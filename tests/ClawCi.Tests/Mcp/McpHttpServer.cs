using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace ClawCi.Tests.Mcp;

/// <summary>An MCP server over HTTP on this machine's loopback that does what its tools are called.</summary>
internal sealed class McpHttpServer : IDisposable
{
    private readonly HttpListener _listener = new();

    public McpHttpServer()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            EndPoint = (IPEndPoint)probe.LocalEndpoint;
        }
        // By whatever name: the tests have one of their own for it.
        _listener.Prefixes.Add($"http://*:{EndPoint.Port}/");
        _listener.Start();
        _ = ServeAsync();
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>What came with requests, each <c>method path authorization team</c>.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>The result of <c>tools/list</c>.</summary>
    public string Tools { get; set; } =
        """
            {"tools":[{"name":"hello","inputSchema":{"type":"object"}},{"name":"elsewhere","inputSchema":{"type":"object"}},
            {"name":"endless","inputSchema":{"type":"object"}},{"name":"hangs","inputSchema":{"type":"object"}},
            {"name":"dies","inputSchema":{"type":"object"}},{"name":"stays","inputSchema":{"type":"object"}},
            {"name":"lies","inputSchema":{"type":"object"}}]}
            """;

    /// <summary>The result of the tool <c>lies</c>.</summary>
    public string Lie { get; set; } = "7";

    /// <summary>What a GET is answered with, at once and as often as it is asked; null is not at all.</summary>
    public string? Unasked { get; init; }

    /// <summary>The one token that is taken; null takes every one, and none.</summary>
    public string? Token { get; set; }

    /// <summary>What comes with a refusal.</summary>
    public string? Challenge { get; init; }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await _listener.GetContextAsync());
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var (request, response) = (context.Request, context.Response);
        Requests.Enqueue(
            $"{request.HttpMethod} {request.Url!.AbsolutePath} {request.Headers["Authorization"]} {request.Headers["X-Team"]}"
        );
        try
        {
            if (Token is not null && request.Headers["Authorization"] != $"Bearer {Token}")
            {
                response.StatusCode = 401;
                if (Challenge is not null)
                    response.AddHeader("WWW-Authenticate", Challenge);
                return;
            }
            if (request.HttpMethod == "GET" && Unasked is not null)
            {
                response.ContentType = "text/event-stream";
                await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(Unasked));
                return;
            }
            if (request.HttpMethod != "POST")
            {
                response.StatusCode = 405;
                return;
            }
            var message = (await JsonNode.ParseAsync(request.InputStream))!;
            if (message["id"] is not { } id)
            {
                response.StatusCode = 202;
                return;
            }
            await AnswerAsync(response, (string)message["method"]!, id, (string?)message["params"]?["name"]);
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException)
        {
            // The client went away, which is what it should do.
        }
        finally
        {
            response.Close();
        }
    }

    private async Task AnswerAsync(HttpListenerResponse response, string method, JsonNode id, string? tool)
    {
        response.ContentType = "application/json";
        var chunk = Encoding.ASCII.GetBytes(new string('x', 1 << 20));
        switch (tool)
        {
            case "elsewhere":
                response.Redirect($"http://{EndPoint}/stolen");
                return;
            case "endless":
                while (true)
                    await response.OutputStream.WriteAsync(chunk);
            case "hangs":
                await Task.Delay(Timeout.Infinite);
                return;
            case "dies":
                response.ContentLength64 = chunk.Length;
                await response.OutputStream.WriteAsync(chunk.AsMemory(0, 100));
                response.Abort();
                return;
            case "stays":
                response.ContentType = "text/event-stream";
                await response.OutputStream.WriteAsync(
                    Encoding.UTF8.GetBytes(
                        $"data: {Result(id, """{"content":[{"type":"text","text":"I stay"}]}""")}\n\n"
                    )
                );
                await response.OutputStream.FlushAsync();
                await Task.Delay(Timeout.Infinite);
                return;
        }
        var answer = method switch
        {
            "initialize" => Result(
                id,
                """{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"t","version":"1"}}"""
            ),
            "tools/list" => Result(id, Tools.ReplaceLineEndings("")),
            "tools/call" when tool == "lies" => Result(id, Lie),
            "tools/call" => Result(id, """{"content":[{"type":"text","text":"hello from afar"}]}"""),
            _ => Message(
                id,
                """
                "error":{"code":-32601,"message":"no such method"}
                """
            ),
        };
        await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer));
    }

    private static string Result(JsonNode id, string result) => Message(id, $"\"result\":{result}");

    private static string Message(JsonNode id, string rest) =>
        "{\"jsonrpc\":\"2.0\",\"id\":" + id.ToJsonString() + "," + rest + "}";
}
