using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

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
        await foreach (var pull in ListAsync($"state=all&head={head}", ct))
        {
            if (IsOwn(pull) && pull.Head.Ref == branch)
                found.Add(Request(pull));
        }
        return found;
    }

    public async Task<int> CountOpenAsync(string prefix, CancellationToken ct)
    {
        var count = 0;
        await foreach (var pull in ListAsync("state=open", ct))
            count += Counts(pull, prefix) ? 1 : 0;
        return count;
    }

    public async Task<int> CountSinceAsync(string prefix, DateTimeOffset since, CancellationToken ct)
    {
        var count = 0;
        await foreach (var pull in ListAsync("state=all&sort=created&direction=desc", ct))
        {
            if (pull.CreatedAt < since)
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
        Request(
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
                GitHubJson.Default.Pull,
                ct
            )
        );

    public async Task DescribeAsync(ForgeRequest request, string body, CancellationToken ct) =>
        await _client.SendAsync(
            HttpMethod.Patch,
            $"{_pulls}/{request.Number.ToString(CultureInfo.InvariantCulture)}",
            new JsonObject { ["body"] = body },
            GitHubJson.Default.Pull,
            ct
        );

    public void Dispose() => _client.Dispose();

    private IAsyncEnumerable<Pull> ListAsync(string query, CancellationToken ct) =>
        _client.ListAsync($"{_pulls}?{query}", GitHubJson.Default.PullArray, ct);

    private bool Counts(Pull pull, string prefix) =>
        IsOwn(pull) && pull.Head.Ref.StartsWith(prefix, StringComparison.Ordinal);

    /// <summary>Anybody can name a branch of a fork like ours.</summary>
    private bool IsOwn(Pull pull) =>
        string.Equals(pull.Head.Repo?.FullName, _repository, StringComparison.OrdinalIgnoreCase);

    private static ForgeRequest Request(Pull pull) =>
        new(pull.Number, pull.HtmlUrl, pull.State == "open", pull.Head.Sha, pull.Base.Ref, pull.Body ?? "");

    /// <param name="State"><c>open</c> or <c>closed</c>.</param>
    internal sealed record Pull(
        long Number,
        string HtmlUrl,
        string State,
        DateTimeOffset CreatedAt,
        string? Body,
        PullHead Head,
        PullBase Base
    );

    /// <param name="Repo">Null when the fork is gone.</param>
    internal sealed record PullHead(string Ref, string Sha, PullRepository? Repo);

    internal sealed record PullBase(string Ref);

    internal sealed record PullRepository(string FullName);
}

/// <summary>What is read of the platform's answers; all else in them is passed over.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(GitHubForge.Pull[]))]
internal sealed partial class GitHubJson : JsonSerializerContext;
