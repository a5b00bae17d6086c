using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;

namespace ClawCi.Tests.Publishing;

/// <summary>As https://docs.github.com/en/rest/pulls/pulls has it.</summary>
internal sealed class GitHubStandIn(string root) : StandIn(root)
{
    protected override string Api => "/api/v3";

    protected override string GitUser => "x-access-token";

    /// <summary>What came, for whoever holds it against GitHub's own description.</summary>
    public ConcurrentQueue<(string Method, IReadOnlyDictionary<string, string> Query, JsonObject? Body)> Sent { get; } =
    [];

    /// <summary>A pull request that is there already.</summary>
    public JsonObject Add(
        string branch,
        DateTimeOffset? at = null,
        string state = "open",
        string repository = "o/r",
        string? sha = null,
        string body = "",
        string into = "main"
    )
    {
        var pull = new JsonObject
        {
            ["number"] = Requests.Count + 1,
            ["html_url"] = $"{Url}o/r/pull/{Requests.Count + 1}",
            ["state"] = state,
            ["created_at"] = (at ?? DateTimeOffset.UtcNow).ToString("yyyy-MM-ddTHH:mm:ssZ"),
            ["body"] = body,
            ["head"] = new JsonObject
            {
                ["ref"] = branch,
                ["sha"] = sha ?? new string('0', 40),
                ["repo"] = new JsonObject { ["full_name"] = repository },
            },
            ["base"] = new JsonObject
            {
                ["ref"] = into,
                ["sha"] = new string('0', 40),
                ["repo"] = new JsonObject { ["full_name"] = "o/r" },
            },
        };
        Requests.Add(pull);
        return pull;
    }

    protected override JsonNode? Answer(
        string method,
        string path,
        IReadOnlyDictionary<string, string> query,
        JsonObject? body,
        HttpListenerRequest request
    )
    {
        Expect(request.Headers["Accept"] == "application/vnd.github+json", "Accept");
        Expect(request.Headers["X-GitHub-Api-Version"] == "2022-11-28", "X-GitHub-Api-Version");
        const string Pulls = "/repos/o/r/pulls";
        Sent.Enqueue((method, query, body?.DeepClone().AsObject()));
        if (method == "GET" && path == Pulls)
            return List(query);
        if (method == "POST" && path == Pulls)
            return Open(body!);
        if (method == "PATCH" && path.StartsWith($"{Pulls}/", StringComparison.Ordinal))
        {
            ExpectOnly(body!.Select(pair => pair.Key), path, "title", "body", "state", "base", "maintainer_can_modify");
            var pull = Requests[int.Parse(path[(Pulls.Length + 1)..]) - 1];
            pull["body"] = body!["body"]!.GetValue<string>();
            return pull.DeepClone();
        }
        return null;
    }

    private JsonArray List(IReadOnlyDictionary<string, string> query)
    {
        ExpectOnly(query.Keys, "GET pulls", "state", "head", "base", "sort", "direction", "per_page", "page");
        Expect(query["state"] is "open" or "closed" or "all", "state");
        Expect(
            query.GetValueOrDefault("sort", "created") is "created" or "updated" or "popularity" or "long-running",
            "sort"
        );
        var size = int.Parse(query.GetValueOrDefault("per_page", "30"));
        Expect(size <= 100, "per_page");
        var found = Requests
            .Where(pull => query["state"] == "all" || pull["state"]!.GetValue<string>() == query["state"])
            .Where(pull =>
                !query.TryGetValue("head", out var head)
                || head
                    == $"{pull["head"]!["repo"]!["full_name"]!.GetValue<string>().Split('/')[0]}:{pull["head"]!["ref"]}"
            )
            .OrderByDescending(pull => pull["created_at"]!.GetValue<string>(), StringComparer.Ordinal)
            .Skip((int.Parse(query.GetValueOrDefault("page", "1")) - 1) * size)
            .Take(size);
        return new JsonArray([.. found.Select(pull => pull.DeepClone())]);
    }

    private JsonObject Open(JsonObject body)
    {
        ExpectOnly(
            body.Select(pair => pair.Key),
            "POST pulls",
            "title",
            "head",
            "head_repo",
            "base",
            "body",
            "maintainer_can_modify",
            "draft",
            "issue"
        );
        var branch = body["head"]!.GetValue<string>();
        var into = body["base"]!.GetValue<string>();
        var pull = Add(branch, sha: HeadOf(branch), body: body["body"]!.GetValue<string>(), into: into);
        pull["title"] = body["title"]!.GetValue<string>();
        pull["draft"] = body["draft"]!.GetValue<bool>();
        Expect(HeadOf(into).Length == 40, "base");
        return pull.DeepClone().AsObject();
    }
}
