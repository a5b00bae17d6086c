using System.Text.Json;
using ClawCi.Runs.Trust;

namespace ClawCi.Cli;

/// <summary>Whether the job is about a pull request, from the variables of GitHub (and Gitea), GitLab, Bitbucket and Azure.</summary>
internal static class PullRequestEvent
{
    /// <summary>Far more than GitHub ever wrote.</summary>
    private const int LargestEvent = 32 << 20;

    /// <param name="variables">A variable's value; null when it is not set.</param>
    public static PullRequest? Read(Func<string, string?> variables)
    {
        if (variables("GITHUB_EVENT_NAME") is { } name && name.StartsWith("pull_request", StringComparison.Ordinal))
            return new(name, variables("GITHUB_EVENT_PATH") is { } path ? BaseOf(path) : null);
        if (
            variables("CI_PIPELINE_SOURCE") == "merge_request_event"
            || variables("CI_EXTERNAL_PULL_REQUEST_IID") is not null
        )
            return new(
                "merge_request_event",
                variables("CI_MERGE_REQUEST_DIFF_BASE_SHA") ?? variables("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA")
            );
        if (variables("BITBUCKET_PR_ID") is not null)
            return new("pull request", variables("BITBUCKET_PR_DESTINATION_COMMIT"));
        return variables("SYSTEM_PULLREQUEST_PULLREQUESTID") is not null ? new("PullRequest", null) : null;
    }

    /// <summary><c>pull_request.base.sha</c> of GitHub's event; null when it cannot be had, which nobody takes for trust.</summary>
    private static string? BaseOf(string path)
    {
        try
        {
            using var payload = Payload(path);
            return payload?.RootElement.GetProperty("pull_request").GetProperty("base").GetProperty("sha").GetString();
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>What GitHub says of an event; null when it cannot be had.</summary>
    public static JsonDocument? Payload(string path)
    {
        try
        {
            return new FileInfo(path).Length > LargestEvent ? null : JsonDocument.Parse(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}
