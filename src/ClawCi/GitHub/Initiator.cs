using System.Text.Json;

namespace ClawCi.GitHub;

/// <summary>
/// Who set a workflow off, and from where: what an event's payload says. A fork's author, a stranger's comment and a bot do not start an
/// agent with somebody else's keys unless the workflow says so.
/// </summary>
internal static class Initiator
{
    public const string Forks = "forks";
    public const string Bots = "bots";
    public const string Anyone = "anyone";

    /// <summary>Everything that may be allowed.</summary>
    public static IReadOnlyList<string> Words { get; } = [Forks, Bots, Anyone];

    /// <summary>Associations with the repository that come with trust; CONTRIBUTOR is anybody whose change was merged once.</summary>
    private static readonly string[] Insiders = ["OWNER", "MEMBER", "COLLABORATOR"];

    /// <summary>Events that only somebody who may write can cause, or nobody does.</summary>
    private static readonly string[] OfInsiders =
    [
        "create",
        "delete",
        "deployment",
        "deployment_status",
        "merge_group",
        "milestone",
        "page_build",
        "push",
        "release",
        "repository_dispatch",
        "schedule",
        "workflow_call",
        "workflow_dispatch",
    ];

    /// <summary>About a branch: who pushed one of the repository's own may write.</summary>
    private static readonly string[] OfBranches = ["pull_request", "pull_request_target"];

    /// <summary>Actions on issues and pull requests that take a role in the repository.</summary>
    private static readonly string[] ActionsOfInsiders =
    [
        "labeled",
        "unlabeled",
        "assigned",
        "unassigned",
        "milestoned",
        "demilestoned",
        "pinned",
        "locked",
    ];

    /// <summary>Where somebody's words are in a payload, the innermost first.</summary>
    private static readonly string[] Spoken = ["comment", "review", "issue", "discussion"];

    /// <summary>Why this event may not start a run; null when it may.</summary>
    /// <param name="name">As <c>GITHUB_EVENT_NAME</c> has it.</param>
    /// <param name="payload">As <c>GITHUB_EVENT_PATH</c> has it; undefined when it cannot be read.</param>
    /// <param name="allowed">Of <see cref="Words"/>.</param>
    /// <returns>A stable word and a sentence with the remedy.</returns>
    public static (string Reason, string Message)? Objection(
        string name,
        JsonElement payload,
        IReadOnlyCollection<string> allowed
    )
    {
        if (OfInsiders.Contains(name))
            return null;
        if (payload.ValueKind != JsonValueKind.Object)
            return (
                "event",
                $"the event {name} cannot be read, so nobody knows who caused it. Is GITHUB_EVENT_PATH there?"
            );
        if (!allowed.Contains(Forks) && ForkOf(payload) is { } fork)
            return (
                "fork",
                $"{name}: the changes come from {fork}, a fork. Run on the branch after a look at it, or set the input `allow: forks`."
            );
        var isBot = Text(payload, "sender", "type") == "Bot";
        if (isBot && !allowed.Contains(Bots))
            return (
                "bot",
                $"{name}: {Text(payload, "sender", "login")} is a bot. Set the input `allow: bots` if bots may start runs."
            );
        if (isBot || allowed.Contains(Anyone) || OfBranches.Contains(name))
            return null;
        if (name == "workflow_run")
            return Followed(payload);
        if (IsByInsider(payload))
            return null;
        var (login, association) = Author(payload);
        return (
            "outsider",
            $"{name}: {login ?? "somebody"} is {association ?? "of unknown association"} here, neither owner, member nor collaborator. "
                + "Let a label that an insider sets start the run, or set the input `allow: anyone`."
        );
    }

    /// <summary>One workflow follows another: it is for whoever set that off, and every run's head is a repository's own unless it is a fork's.</summary>
    private static (string Reason, string Message)? Followed(JsonElement payload)
    {
        var first = Text(payload, "workflow_run", "event");
        return first == "pull_request" || OfInsiders.Contains(first)
            ? null
            : (
                "outsider",
                $"workflow_run: it follows a run that {first ?? "an unknown event"} set off, and nothing here says by whom. "
                    + "Judge that where it happens: start the run in that workflow, or set the input `allow: anyone`."
            );
    }

    private static bool IsByInsider(JsonElement payload)
    {
        var (author, association) = Author(payload);
        if (association is not null && Insiders.Contains(association))
            return true;
        // Whoever set the label may, and what the issue says is untrusted all the same. But the labels of an issue's
        // template are set in the name of its author.
        return !Has(payload, "comment")
            && ActionsOfInsiders.Contains(Text(payload, "action"))
            && author is not null
            && Text(payload, "sender", "login") is { } sender
            && !string.Equals(sender, author, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whose words the event is about: the innermost that is there.</summary>
    private static (string? Login, string? Association) Author(JsonElement payload)
    {
        foreach (var part in Spoken)
        {
            if (Has(payload, part))
                return (Text(payload, part, "user", "login"), Text(payload, part, "author_association"));
        }
        return (Text(payload, "sender", "login"), null);
    }

    /// <summary>The other repository; null when the changes are of this one, or there are none.</summary>
    private static string? ForkOf(JsonElement payload)
    {
        var here = Text(payload, "repository", "full_name");
        var head =
            Has(payload, "pull_request")
                ? Text(payload, "pull_request", "head", "repo", "full_name") ?? "a repository that is gone"
            : Has(payload, "workflow_run")
                ? Text(payload, "workflow_run", "head_repository", "full_name") ?? "a repository that is gone"
            : here;
        return here is not null && string.Equals(head, here, StringComparison.OrdinalIgnoreCase)
            ? null
            : head ?? "an unknown repository";
    }

    private static bool Has(JsonElement payload, string name) =>
        payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object;

    private static string? Text(JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                return null;
        }
        return element.ValueKind switch
        {
            JsonValueKind.String => VisibleText.Line(element.GetString()!),
            JsonValueKind.Number => element.GetRawText(),
            _ => null,
        };
    }
}
