using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ClawCi.Publishing;

/// <summary>Merge requests: https://docs.gitlab.com/api/merge_requests/.</summary>
internal sealed class GitLabForge : IForge
{
    private readonly ForgeClient _client;
    private readonly string _requests;

    /// <param name="project">Its path with all groups.</param>
    public GitLabForge(ForgeClient client, string project)
    {
        _client = client;
        _requests = $"/projects/{Uri.EscapeDataString(project)}/merge_requests";
        client.Accept("application/json");
    }

    public string Noun => "merge request";

    public async Task<IReadOnlyList<ForgeRequest>> OfBranchAsync(string branch, CancellationToken ct)
    {
        var found = new List<ForgeRequest>();
        var query = $"{_requests}?state=all&source_branch={Uri.EscapeDataString(branch)}";
        await foreach (var request in _client.ListAsync(query, ct))
        {
            if (Counts(request, branch))
                found.Add(Read(request));
        }
        return found;
    }

    public Task<int> CountOpenAsync(string prefix, CancellationToken ct) =>
        CountAsync($"{_requests}?state=opened", prefix, ct);

    public Task<int> CountSinceAsync(string prefix, DateTimeOffset since, CancellationToken ct)
    {
        var after = since.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        return CountAsync($"{_requests}?state=all&created_after={Uri.EscapeDataString(after)}", prefix, ct);
    }

    public async Task<ForgeRequest> OpenAsync(
        RequestText text,
        string branch,
        string into,
        bool isDraft,
        CancellationToken ct
    ) =>
        Read(
            await _client.SendAsync(
                HttpMethod.Post,
                _requests,
                new JsonObject
                {
                    ["source_branch"] = branch,
                    ["target_branch"] = into,
                    ["title"] = isDraft ? $"Draft: {text.Title}" : text.Title,
                    ["description"] = text.Body,
                    ["remove_source_branch"] = true,
                },
                ct
            )
        );

    public async Task DescribeAsync(ForgeRequest request, string body, CancellationToken ct) =>
        await _client.SendAsync(
            HttpMethod.Put,
            $"{_requests}/{request.Number.ToString(CultureInfo.InvariantCulture)}",
            new JsonObject { ["description"] = body },
            ct
        );

    public void Dispose() => _client.Dispose();

    private async Task<int> CountAsync(string query, string prefix, CancellationToken ct)
    {
        var count = 0;
        await foreach (var request in _client.ListAsync(query, ct))
            count += Counts(request, prefix) ? 1 : 0;
        return count;
    }

    /// <summary>Anybody can name a branch of a fork like ours.</summary>
    private static bool Counts(JsonElement request, string prefix) =>
        request.TryGetProperty("source_branch", out var branch)
        && branch.GetString()?.StartsWith(prefix, StringComparison.Ordinal) == true
        && request.TryGetProperty("source_project_id", out var source)
        && request.TryGetProperty("target_project_id", out var target)
        && source.GetRawText() == target.GetRawText();

    private ForgeRequest Read(JsonElement request)
    {
        if (
            !request.TryGetProperty("iid", out var number)
            || !number.TryGetInt64(out var id)
            || !request.TryGetProperty("web_url", out var url)
            || !request.TryGetProperty("state", out var state)
        )
            throw _client.Odd();
        var sha = request.TryGetProperty("sha", out var commit) ? commit.GetString() : null;
        var body = request.TryGetProperty("description", out var text) ? text.GetString() : null;
        return new(id, url.GetString() ?? "", state.GetString() == "opened", sha, body ?? "");
    }
}
