using System.Diagnostics.CodeAnalysis;
using System.Text;
using ClawCi.Artifacts;
using ClawCi.Events;

namespace ClawCi.Publishing;

/// <summary>What became of the patches, in Markdown for the page of a step.</summary>
internal static class PublishSummary
{
    private const int Most = 100;

    public static string Of(PublishResult result)
    {
        var text = new StringBuilder(
            $"## claw-ci publish: {Markdown.Text(result.Message)}\n\n| task | | |\n|---|---|---|\n"
        );
        foreach (var task in result.Tasks.Take(Most))
        {
            var request =
                task.Request is { } one && IsAddress(one.Url, out var url)
                    ? $"[#{one.Number}]({url.AbsoluteUri.Replace(")", "%29", StringComparison.Ordinal)})"
                    : "";
            text.Append(
                $"| {Markdown.Code(task.TaskId)} | {task.Status} {request} | {Markdown.Text(task.Message)} |\n"
            );
        }
        return text.Append('\n').ToString();
    }

    /// <summary>The platform's word, and not more than an address.</summary>
    private static bool IsAddress(string text, [NotNullWhen(true)] out Uri? url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url)
        && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp);
}
