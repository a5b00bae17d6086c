using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

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
        await foreach (var request in ListAsync($"state=all&source_branch={Uri.EscapeDataString(branch)}", ct))
        {
            if (request.SourceBranch == branch && IsOwn(request))
                found.Add(Request(request));
        }
        return found;
    }

    public Task<int> CountOpenAsync(string prefix, CancellationToken ct) => CountAsync("state=opened", prefix, ct);

    public Task<int> CountSinceAsync(string prefix, DateTimeOffset since, CancellationToken ct)
    {
        var after = since.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        return CountAsync($"state=all&created_after={Uri.EscapeDataString(after)}", prefix, ct);
    }

    public async Task<ForgeRequest> OpenAsync(
        RequestText text,
        string branch,
        string into,
        bool isDraft,
        CancellationToken ct
    ) =>
        Request(
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
                GitLabJson.Default.MergeRequest,
                ct
            )
        );

    public async Task DescribeAsync(ForgeRequest request, string body, CancellationToken ct) =>
        await _client.SendAsync(
            HttpMethod.Put,
            $"{_requests}/{request.Number.ToString(CultureInfo.InvariantCulture)}",
            new JsonObject { ["description"] = body },
            GitLabJson.Default.MergeRequest,
            ct
        );

    public void Dispose() => _client.Dispose();

    private async Task<int> CountAsync(string query, string prefix, CancellationToken ct)
    {
        var count = 0;
        await foreach (var request in ListAsync(query, ct))
            count += IsOwn(request) && request.SourceBranch.StartsWith(prefix, StringComparison.Ordinal) ? 1 : 0;
        return count;
    }

    private IAsyncEnumerable<MergeRequest> ListAsync(string query, CancellationToken ct) =>
        _client.ListAsync($"{_requests}?{query}", GitLabJson.Default.MergeRequestArray, ct);

    /// <summary>Anybody can name a branch of a fork like ours.</summary>
    private static bool IsOwn(MergeRequest request) => request.SourceProjectId == request.TargetProjectId;

    private static ForgeRequest Request(MergeRequest request) =>
        new(
            request.Iid,
            request.WebUrl,
            request.State == "opened",
            request.Sha,
            request.TargetBranch,
            request.Description ?? ""
        );

    /// <param name="State"><c>opened</c>, <c>closed</c>, <c>locked</c> or <c>merged</c>.</param>
    /// <param name="SourceProjectId">Null when the fork is gone.</param>
    internal sealed record MergeRequest(
        long Iid,
        string WebUrl,
        string State,
        string SourceBranch,
        string TargetBranch,
        long? SourceProjectId,
        long TargetProjectId,
        string? Sha,
        string? Description
    );
}

/// <summary>What is read of the platform's answers; all else in them is passed over.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(GitLabForge.MergeRequest[]))]
internal sealed partial class GitLabJson : JsonSerializerContext;
