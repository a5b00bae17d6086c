using ClawCi.Configuration;
using ClawCi.Sandboxes.Egress;

namespace ClawCi.Mcp;

/// <summary>An MCP server of a task, resolved.</summary>
/// <param name="Name">As rules name it.</param>
/// <param name="Required">Whether the task ends without it.</param>
/// <param name="Source">Who says so: <c>task.yaml:12</c>.</param>
internal sealed record McpServerSpec(string Name, bool Required, string Source)
{
    /// <summary>The program and its arguments; empty when it is reached by <see cref="Url"/>.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    public Uri? Url { get; init; }

    public McpPlace Place { get; init; }

    /// <summary>Where it runs on the host.</summary>
    public string Directory { get; init; } = "/";

    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>Names only: the values are no part of a plan.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>What it reaches in a container of its own, or the url's host; null takes what the agent's container has.</summary>
    public NetworkAccess? Network { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Name of a secret.</summary>
    public string? Bearer { get; init; }

    /// <summary>Whether the stored token for <see cref="Url"/> is sent.</summary>
    public bool OAuth { get; init; }

    /// <summary>Tools that may be offered; null is all.</summary>
    public IReadOnlyList<string>? Tools { get; init; }

    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long nothing at all may come during a call; null is as long as the call may take.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    public bool RunsInSandbox => Place == McpPlace.Sandbox && Url is null;

    /// <summary>
    /// Whether it must not share the agent's container: commands of the same user there could read its secrets, and would
    /// share its network.
    /// </summary>
    public bool IsAlone => RunsInSandbox && (Secrets.Count > 0 || Network is not null);

    /// <summary>For the plan: what it is, in words.</summary>
    public override string ToString() =>
        string.Join(
            ", ",
            new[]
            {
                Url?.ToString() ?? string.Join(' ', Command),
                Url is not null ? null
                : Place == McpPlace.Host ? "on the host"
                : IsAlone ? "in a container of its own"
                : "in the agent's container",
                OAuth ? "with its stored token" : null,
                Required ? null : "optional",
                Tools is null ? null : $"tools {string.Join(' ', Tools)}",
                Secrets.Count == 0 ? null : $"secrets {string.Join(' ', Secrets)}",
                IsAlone && Network is not null ? $"network {Network}" : null,
            }.OfType<string>()
        );
}
