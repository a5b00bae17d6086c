using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ClawCi.Shared;
using ClawCi.TestSupport;

namespace ClawCi.Tests.Publishing;

/// <summary>
/// A platform on this machine: its git over HTTP is git's own <c>http-backend</c> on a real bare repository, its REST API takes nothing
/// that the published one would not. What was wrong with a request is a fault, which tests look for.
/// </summary>
internal abstract class StandIn : IAsyncDisposable
{
    public const string Token = "tok_3f9a5c7e1b2d4f6a8c0e";

    private readonly HttpListener _listener;
    private readonly string _root;
    private readonly Task _serving;

    /// <param name="root">Holds <c>owner/name.git</c>.</param>
    protected StandIn(string root)
    {
        _root = root;
        (_listener, Url) = Listen();
        _serving = ServeAsync();
    }

    public Uri Url { get; }

    /// <summary>What the API was asked: method, path and query.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    public ConcurrentQueue<string> Faults { get; } = [];

    /// <summary>Requests for review, in the order of their numbers.</summary>
    public List<JsonObject> Requests { get; } = [];

    /// <summary>Answers instead of the API's own; null for its own.</summary>
    public Func<string, (int Status, string Body)?> Instead { get; set; } = _ => null;

    public IEnumerable<string> Written => Asked.Where(line => !line.StartsWith("GET ", StringComparison.Ordinal));

    protected abstract string Api { get; }

    /// <summary>The user that git is to come as.</summary>
    protected abstract string GitUser { get; }

    /// <param name="path">Below the API's root, still escaped.</param>
    /// <returns>Null for what there is not.</returns>
    protected abstract JsonNode? Answer(
        string method,
        string path,
        IReadOnlyDictionary<string, string> query,
        JsonObject? body,
        HttpListenerRequest request
    );

    /// <summary>The commit that a branch of the repository holds.</summary>
    protected string HeadOf(string branch) =>
        File.ReadAllText(Path.Combine(_root, "o/r.git/refs/heads", branch)).Trim();

    protected void Expect(bool holds, string fault)
    {
        if (!holds)
            Faults.Enqueue(fault);
    }

    protected void ExpectOnly(IEnumerable<string> names, string where, params string[] known)
    {
        foreach (var name in names.Except(known))
            Faults.Enqueue($"{where}: `{name}` is not known");
    }

    public async ValueTask DisposeAsync()
    {
        // After Stop it would listen once more to close, on a port that another may have by then.
        _listener.Close();
        await _serving;
    }

    private static (HttpListener, Uri) Listen()
    {
        while (true)
        {
            using var free = new TcpListener(IPAddress.Loopback, 0);
            free.Start();
            var url = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
            free.Stop();
            var listener = new HttpListener();
            listener.Prefixes.Add(url);
            try
            {
                listener.Start();
                return (listener, new Uri(url));
            }
            catch (HttpListenerException)
            {
                // Somebody else was faster.
            }
        }
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                await (
                    context.Request.RawUrl!.StartsWith(Api, StringComparison.Ordinal)
                        ? AnswerAsync(context)
                        : GitAsync(context)
                );
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException) { }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var request = context.Request;
        var parts = request.RawUrl![Api.Length..].Split('?');
        var asked = $"{request.HttpMethod} {parts[0]}{(parts.Length > 1 ? $"?{parts[1]}" : "")}";
        Asked.Enqueue(asked);
        if (Instead(asked) is { } other)
        {
            await WriteAsync(context.Response, other.Status, other.Body);
            return;
        }
        if (request.Headers["Authorization"] != $"Bearer {Token}")
        {
            await WriteAsync(context.Response, 401, """{"message":"Bad credentials"}""");
            return;
        }
        Expect(request.UserAgent is { Length: > 0 }, "no user agent");
        using var reader = new StreamReader(request.InputStream, Encoding.UTF8);
        var text = await reader.ReadToEndAsync();
        var body = text.Length == 0 ? null : JsonNode.Parse(text)!.AsObject();
        Expect(
            body is null || request.ContentType?.StartsWith("application/json", StringComparison.Ordinal) == true,
            "no JSON"
        );
        var query = (parts.ElementAtOrDefault(1) ?? "")
            .Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('='))
            .ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]));
        var answer = Answer(request.HttpMethod, parts[0], query, body, request);
        await WriteAsync(
            context.Response,
            answer is null ? 404
                : request.HttpMethod == "POST" ? 201
                : 200,
            answer?.ToJsonString() ?? """{"message":"Not Found"}"""
        );
    }

    private static async Task WriteAsync(HttpListenerResponse response, int status, string body)
    {
        response.StatusCode = status;
        response.ContentType = "application/json";
        await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
    }

    private async Task GitAsync(HttpListenerContext context)
    {
        if (await GitOverHttp.AnswerAsync(context, _root, GitUser, Token) is { } fault)
            Faults.Enqueue(fault);
    }
}
