using System.Text;
using System.Text.Json;

namespace ClawCi.Models.Anthropic;

/// <summary>What the provider's refusals mean. One that comes inside a stream means what its status would.</summary>
internal static class AnthropicErrors
{
    private static readonly string[] OverflowPhrases =
    [
        "prompt is too long",
        "input is too long",
        "context window",
        "context limit",
        "context length",
        "too many tokens",
    ];

    /// <summary>An answer with another status than 200.</summary>
    public static ModelException FromStatus(
        string where,
        int status,
        ReadOnlySpan<byte> body,
        string? requestId,
        TimeSpan? retryAfter
    )
    {
        var (type, message) = Read(body);
        var failure = Classify(status, message);
        var said = type is null ? message : $"{type}: {message}";
        return new ModelException(
            failure,
            $"{where}: {status} {said}".TrimEnd() + Advice(failure, status),
            status,
            requestId,
            retryAfter
        );
    }

    /// <summary>An <c>error</c> event of a stream that had begun.</summary>
    public static ModelException FromEvent(string where, JsonElement json)
    {
        var error = json.GetProperty("error");
        var type = error.GetProperty("type").GetString() ?? "";
        var message = error.TryGetProperty("message", out var text) ? Snippet.Of(text.GetString() ?? "") : "";
        var failure = Classify(StatusOf(type), message);
        return new ModelException(
            failure,
            $"{where}: {Snippet.Of(type, 40)} in the reply: {message}" + Advice(failure, 200)
        );
    }

    private static ModelFailure Classify(int status, string message) =>
        status switch
        {
            401 or 403 => ModelFailure.Authentication,
            404 or (>= 300 and < 400) => ModelFailure.NotFound,
            408 or 409 => ModelFailure.ServerError,
            413 => ModelFailure.ContextOverflow,
            429 => ModelFailure.RateLimited,
            529 => ModelFailure.Overloaded,
            >= 500 => ModelFailure.ServerError,
            400 or 422 when IsOverflow(message) => ModelFailure.ContextOverflow,
            >= 400 => ModelFailure.BadRequest,
            _ => ModelFailure.InvalidReply,
        };

    private static int StatusOf(string type) =>
        type switch
        {
            "invalid_request_error" => 400,
            "authentication_error" => 401,
            "billing_error" => 402,
            "permission_error" => 403,
            "not_found_error" => 404,
            "request_too_large" => 413,
            "rate_limit_error" => 429,
            "overloaded_error" => 529,
            _ => 500,
        };

    private static string Advice(ModelFailure failure, int status) =>
        failure switch
        {
            ModelFailure.NotFound when status is >= 300 and < 400 =>
                ". Redirects are not followed: set ANTHROPIC_BASE_URL to the address itself",
            ModelFailure.NotFound => ". Check the model's name and ANTHROPIC_BASE_URL",
            _ => "",
        };

    private static bool IsOverflow(string message) =>
        OverflowPhrases.Any(phrase => message.Contains(phrase, StringComparison.OrdinalIgnoreCase));

    /// <summary>The provider's error object, else what can be said of the body in one line.</summary>
    private static (string? Type, string Message) Read(ReadOnlySpan<byte> body)
    {
        try
        {
            var error = JsonElement.Parse(body).GetProperty("error");
            return (
                Snippet.Of(error.GetProperty("type").GetString() ?? "", 40),
                Snippet.Of(error.GetProperty("message").GetString() ?? "")
            );
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return (null, Describe(body));
        }
    }

    /// <summary>One line about a body that is not ours to read: of an HTML page its title, of other text its start.</summary>
    public static string Describe(ReadOnlySpan<byte> body)
    {
        var text = Encoding.UTF8.GetString(body[..Math.Min(body.Length, 16 * 1024)]).TrimStart();
        if (text.Length == 0)
            return "(empty body)";
        if (!text.StartsWith('<'))
            return Snippet.Of(text);
        var title = Between(text, "<title>", "</title>") ?? Between(text, "<h1>", "</h1>");
        return title is null ? "an HTML page" : $"an HTML page, '{Snippet.Of(title, 100)}'";
    }

    private static string? Between(string text, string open, string close)
    {
        var start = text.IndexOf(open, StringComparison.OrdinalIgnoreCase);
        if (start < 0)
            return null;
        start += open.Length;
        var end = text.IndexOf(close, start, StringComparison.OrdinalIgnoreCase);
        return end < 0 ? null : text[start..end];
    }
}
