using System.Text.Json.Serialization;

namespace ClawCi.Sandboxes.Egress;

/// <summary>What a container may reach. Nothing, unless a rule matches.</summary>
/// <param name="Private">Of these hosts and ports, what lies at a private address too.</param>
[JsonConverter(typeof(NetworkAccessConverter))]
internal sealed record NetworkAccess(IReadOnlyList<HostRule> Rules, IReadOnlyList<HostRule> Private)
{
    public static NetworkAccess None { get; } = new([], []);

    public bool IsNone => Rules.Count == 0;

    /// <summary>The rules as they were written, each once.</summary>
    public IReadOnlyList<string> Words => [.. Rules.Select(rule => rule.Text).Distinct()];

    /// <summary><c>none</c>, or the words in a row.</summary>
    public override string ToString() => IsNone ? "none" : string.Join(", ", Words);

    /// <summary>The rule that allows it, or null.</summary>
    /// <param name="host">Canonical.</param>
    public HostRule? Find(string host, int port) => Rules.FirstOrDefault(rule => rule.Matches(host, port));

    public bool MayBePrivate(string host, int port) => Private.Any(rule => rule.Matches(host, port));

    /// <summary>What both allow.</summary>
    public NetworkAccess And(NetworkAccess ceiling) =>
        new(
            [
                .. Rules
                    .SelectMany(rule => ceiling.Rules.Select(rule.And))
                    .OfType<HostRule>()
                    .DistinctBy(rule => (rule.Text, rule.Pattern)),
            ],
            Private
        );

    public bool Equals(NetworkAccess? other) =>
        other is not null
        && Rules.Select(rule => rule.Pattern).SequenceEqual(other.Rules.Select(rule => rule.Pattern))
        && Private.Select(rule => rule.Pattern).SequenceEqual(other.Private.Select(rule => rule.Pattern));

    public override int GetHashCode() => Rules.Count;
}
