using System.Globalization;
using System.Text.Json;

namespace ClawCi.Models.Wire;

/// <summary>
/// What the providers' refusals mean. All of them answer with an <c>error</c> object of much the same members. One
/// that comes inside a stream means what its status would.
/// </summary>
/// <param name="where">Names the endpoint.</param>
internal sealed class ProviderErrors(string where, ProviderVariables variables)
{
    private static readonly string[] OverflowPhrases =
    [
        "prompt is too long",
        "input is too long",
        "context window",
        "context limit",
        "context length",
        "context size",
        "too many tokens",
    ];

    private static readonly string[] CreditPhrases = ["credit balance is too low", "exceeded your current quota"];

    /// <summary>An answer with another status than 200.</summary>
    public ModelException FromStatus(int status, ReadOnlySpan<byte> body, ProviderAnswer answer)
    {
        var error = ProviderError.Read(body);
        var failure = Classify(status, error);
        var said = string.Join(": ", new[] { error.Word, error.Message }.Where(text => text is not ""));
        return new ModelException(
            failure,
            $"{where}: {status} {said}".TrimEnd() + Remedy(failure, status),
            status,
            answer.RequestId ?? error.RequestId,
            answer.RetryAfter,
            answer.ShouldRetry
        );
    }

    /// <summary>An error object inside a stream that had begun.</summary>
    public ModelException FromEvent(JsonElement json)
    {
        var error = ProviderError.Of(json);
        var failure = Classify(StatusOf(error), error);
        return new ModelException(
            failure,
            $"{where}: {error.Word} in the reply: {error.Message}" + Remedy(failure, 200)
        );
    }

    private static ModelFailure Classify(int status, ProviderError error) =>
        status switch
        {
            _ when IsRefusal(error) => ModelFailure.Refused,
            402 => ModelFailure.OutOfCredit,
            400 or 403 or 429 when IsAboutCredit(error) => ModelFailure.OutOfCredit,
            401 or 403 => ModelFailure.Authentication,
            404 or (>= 300 and < 400) => ModelFailure.NotFound,
            408 or 409 => ModelFailure.ServerError,
            413 => ModelFailure.ContextOverflow,
            429 => ModelFailure.RateLimited,
            529 => ModelFailure.Overloaded,
            400 or 422 or 500 when IsOverflow(error) => ModelFailure.ContextOverflow,
            >= 500 => ModelFailure.ServerError,
            >= 400 => ModelFailure.BadRequest,
            _ => ModelFailure.InvalidReply,
        };

    private static int StatusOf(ProviderError error) =>
        error.Word switch
        {
            "invalid_request_error" or "invalid_prompt" => 400,
            "authentication_error" or "invalid_api_key" => 401,
            "billing_error" or "insufficient_quota" => 402,
            "permission_error" => 403,
            "not_found_error" or "model_not_found" => 404,
            "request_too_large" or "context_length_exceeded" => 413,
            "rate_limit_error" or "rate_limit_exceeded" => 429,
            "overloaded_error" => 529,
            var word => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            && status is >= 400 and < 600
                ? status
                : 500,
        };

    private string Remedy(ModelFailure failure, int status) =>
        failure switch
        {
            ModelFailure.NotFound when status is >= 300 and < 400 =>
                $". Redirects are not followed: set {variables.BaseUrl} to the address itself",
            ModelFailure.NotFound => $". Check the model's name and {variables.BaseUrl}",
            ModelFailure.OutOfCredit => ". Add credit or raise the limit of the provider's account",
            ModelFailure.ContextOverflow => ". Give the task less to read, or a model with a larger window",
            ModelFailure.Refused => ". The provider's filter refused the request: change the prompt",
            _ => "",
        };

    private static bool IsOverflow(ProviderError error) =>
        error.Word is "context_length_exceeded" or "exceed_context_size_error" || Holds(error.Message, OverflowPhrases);

    private static bool IsAboutCredit(ProviderError error) =>
        error.Word is "insufficient_quota" or "billing_error" || Holds(error.Message, CreditPhrases);

    private static bool IsRefusal(ProviderError error) =>
        error.Word is "content_filter" or "content_policy_violation" or "invalid_prompt";

    private static bool Holds(string text, string[] phrases) =>
        phrases.Any(phrase => text.Contains(phrase, StringComparison.OrdinalIgnoreCase));
}
