using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ClawCi.Publishing;

/// <summary>Pull requests: https://docs.github.com/en/rest/pulls/pulls.</summary>
internal sealed class GitHubForge : IForge
{
    private readonly ForgeClient _client;
    private readonly string _repository;
    private readonly string _owner;
    private readonly string _pulls;

    /// <param name="project"><c>owner/name</c>.</param>
    public GitHubForge(ForgeClient client, string project)
    {
        (_client, _repository) = (client, project);
        _owner = project.Split('/')[0];
        _pulls = $"/repos/{string.Join('/', project.Split('/').Select(Uri.EscapeDataString))}/pulls";
        client.Accept("application/vnd.github+json", ("X-GitHub-Api-Version", "2022-11-28"));
    }

    public string Noun => "pull request";

    public async Task<IReadOnlyList<ForgeRequest>> OfBranchAsync(string branch, CancellationToken ct)
    {
        var head = Uri.EscapeDataString($"{_owner}:{branch}");
        var found = new List<ForgeRequest>();
        await foreach (var pull in _client.ListAsync($"{_pulls}?state=all&head={head}", ct))
        {
            if (IsOwn(pull) && HeadOf(pull) == branch)
                found.Add(Read(pull));
        }
        return found;
    }

    public async Task<int> CountOpenAsync(string prefix, CancellationToken ct)
    {
        var count = 0;
        await foreach (var pull in _client.ListAsync($"{_pulls}?state=open", ct))
            count += Counts(pull, prefix) ? 1 : 0;
        return count;
    }

    public async Task<int> CountSinceAsync(string prefix, DateTimeOffset since, CancellationToken ct)
    {
        var count = 0;
        await foreach (var pull in _client.ListAsync($"{_pulls}?state=all&sort=created&direction=desc", ct))
        {
            if (!pull.TryGetProperty("created_at", out var created) || !created.TryGetDateTimeOffset(out var at))
                throw _client.Odd();
            if (at < since)
                break;
            count += Counts(pull, prefix) ? 1 : 0;
        }
        return count;
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
                _pulls,
                new JsonObject
                {
                    ["title"] = text.Title,
                    ["head"] = branch,
                    ["base"] = into,
                    ["body"] = text.Body,
                    ["draft"] = isDraft,
                },
                ct
            )
        );

    public async Task DescribeAsync(ForgeRequest request, string body, CancellationToken ct) =>
        await _client.SendAsync(
            HttpMethod.Patch,
            $"{_pulls}/{request.Number.ToString(CultureInfo.InvariantCulture)}",
            new JsonObject { ["body"] = body },
            ct
        );

    public void Dispose() => _client.Dispose();

    private bool Counts(JsonElement pull, string prefix) =>
        IsOwn(pull) && HeadOf(pull)?.StartsWith(prefix, StringComparison.Ordinal) == true;

    /// <summary>Anybody can name a branch of a fork like ours.</summary>
    private bool IsOwn(JsonElement pull) =>
        pull.TryGetProperty("head", out var head)
        && head.TryGetProperty("repo", out var repository)
        && repository.ValueKind == JsonValueKind.Object
        && repository.TryGetProperty("full_name", out var name)
        && string.Equals(name.GetString(), _repository, StringComparison.OrdinalIgnoreCase);

    private static string? HeadOf(JsonElement pull) =>
        pull.TryGetProperty("head", out var head) && head.TryGetProperty("ref", out var name) ? name.GetString() : null;

    private ForgeRequest Read(JsonElement pull)
    {
        if (
            !pull.TryGetProperty("number", out var number)
            || !number.TryGetInt64(out var id)
            || !pull.TryGetProperty("html_url", out var url)
            || !pull.TryGetProperty("state", out var state)
        )
            throw _client.Odd();
        var sha =
            pull.TryGetProperty("head", out var head) && head.TryGetProperty("sha", out var commit)
                ? commit.GetString()
                : null;
        var body = pull.TryGetProperty("body", out var text) ? text.GetString() : null;
        return new(id, url.GetString() ?? "", state.GetString() == "open", sha, body ?? "");
    }
}
