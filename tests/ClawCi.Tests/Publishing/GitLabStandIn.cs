using System.Net;
using System.Text.Json.Nodes;

namespace ClawCi.Tests.Publishing;

/// <summary>As https://docs.gitlab.com/api/merge_requests/ has it.</summary>
internal sealed class GitLabStandIn(string root) : StandIn(root)
{
    protected override string Api => "/api/v4";

    protected override string GitUser => "oauth2";

    public JsonObject Add(
        string branch,
        DateTimeOffset? at = null,
        string state = "opened",
        int source = 7,
        string? sha = null,
        string into = "main"
    )
    {
        var request = new JsonObject
        {
            ["iid"] = Requests.Count + 1,
            ["web_url"] = $"{Url}o/r/-/merge_requests/{Requests.Count + 1}",
            ["state"] = state,
            ["created_at"] = (at ?? DateTimeOffset.UtcNow).ToString("yyyy-MM-ddTHH:mm:ss.fffZ"),
            ["source_branch"] = branch,
            ["target_branch"] = into,
            ["source_project_id"] = source,
            ["target_project_id"] = 7,
            ["sha"] = sha ?? new string('0', 40),
            ["description"] = "",
        };
        Requests.Add(request);
        return request;
    }

    protected override JsonNode? Answer(
        string method,
        string path,
        IReadOnlyDictionary<string, string> query,
        JsonObject? body,
        HttpListenerRequest request
    )
    {
        const string All = "/projects/o%2Fr/merge_requests";
        if (method == "GET" && path == All)
            return List(query);
        if (method == "POST" && path == All)
            return Open(body!);
        if (method == "PUT" && path.StartsWith($"{All}/", StringComparison.Ordinal))
        {
            ExpectOnly(body!.Select(pair => pair.Key), path, "title", "description", "state_event", "target_branch");
            var changed = Requests[int.Parse(path[(All.Length + 1)..]) - 1];
            changed["description"] = body!["description"]!.GetValue<string>();
            return changed.DeepClone();
        }
        return null;
    }

    private JsonArray List(IReadOnlyDictionary<string, string> query)
    {
        ExpectOnly(query.Keys, "GET merge_requests", "state", "source_branch", "created_after", "per_page", "page");
        Expect(query["state"] is "opened" or "closed" or "locked" or "merged" or "all", "state");
        var size = int.Parse(query.GetValueOrDefault("per_page", "20"));
        Expect(size <= 100, "per_page");
        var found = Requests
            .Where(one => query["state"] == "all" || one["state"]!.GetValue<string>() == query["state"])
            .Where(one =>
                !query.TryGetValue("source_branch", out var branch)
                || one["source_branch"]!.GetValue<string>() == branch
            )
            .Where(one =>
                !query.TryGetValue("created_after", out var after)
                || DateTimeOffset.Parse(one["created_at"]!.GetValue<string>()) > DateTimeOffset.Parse(after)
            )
            .Reverse()
            .Skip((int.Parse(query.GetValueOrDefault("page", "1")) - 1) * size)
            .Take(size);
        return new JsonArray([.. found.Select(one => one.DeepClone())]);
    }

    private JsonObject Open(JsonObject body)
    {
        ExpectOnly(
            body.Select(pair => pair.Key),
            "POST merge_requests",
            "source_branch",
            "target_branch",
            "title",
            "description",
            "remove_source_branch",
            "squash",
            "labels"
        );
        var branch = body["source_branch"]!.GetValue<string>();
        var into = body["target_branch"]!.GetValue<string>();
        var request = Add(branch, sha: HeadOf(branch), into: into);
        request["title"] = body["title"]!.GetValue<string>();
        request["description"] = body["description"]!.GetValue<string>();
        Expect(HeadOf(into).Length == 40, "target_branch");
        return request.DeepClone().AsObject();
    }
}
