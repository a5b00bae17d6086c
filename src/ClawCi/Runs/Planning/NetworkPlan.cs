using ClawCi.Configuration;
using ClawCi.Permissions;
using ClawCi.Sandboxes.Egress;

namespace ClawCi.Runs.Planning;

/// <summary>What a task's containers reach: what the task asks for, of what each policy lets it have.</summary>
internal sealed class NetworkPlan(TaskSource task, IReadOnlyList<Policy> policies, Origins origins)
{
    private readonly IReadOnlyList<Policy> _ceilings =
    [
        .. policies.Where(policy => policy.Document.Value.Network is not null),
    ];

    public NetworkAccess Sandbox()
    {
        var asked = task.File.Sandbox.Network;
        return Note(
            "sandbox.network",
            asked,
            asked is null ? Origins.BuiltIn : task.Document.SourceOf("sandbox", "network")
        );
    }

    /// <param name="sandbox">What a step reaches that says nothing of it.</param>
    public IReadOnlyList<SetupStep> Setup(NetworkAccess sandbox) =>
        [
            .. (task.File.Sandbox.Setup ?? []).Select(
                (step, index) =>
                    new SetupStep(step.Run)
                    {
                        Secrets = step.Secrets ?? [],
                        Network = step.Network is null
                            ? sandbox
                            : Note(
                                $"sandbox.setup[{index + 1}].network",
                                step.Network,
                                task.Document.SourceOf("sandbox", "setup", index, "network")
                            ),
                    }
            ),
        ];

    /// <summary>What is asked for, of what each policy that speaks of the network lets a task have.</summary>
    public static NetworkAccess Under(IReadOnlyList<Policy> policies, IReadOnlyList<HostRule> asked)
    {
        Policy[] ceilings = [.. policies.Where(policy => policy.Document.Value.Network is not null)];
        return Narrowed(ceilings, new NetworkAccess(asked, Private(ceilings)));
    }

    private NetworkAccess Note(string key, NetworkSetting? asked, string source)
    {
        var access = Under(_ceilings, NetworkReader.Rules(asked?.Allow ?? []));
        if (asked is { Allow.Count: > 0 })
            source = string.Join(", ", [source, .. _ceilings.Select(policy => policy.Document.SourceOf("network"))]);
        origins.Add(key, access.ToString(), source);
        return access;
    }

    private static NetworkAccess Narrowed(IReadOnlyList<Policy> ceilings, NetworkAccess asked)
    {
        var access = ceilings.Aggregate(asked, (narrowed, policy) => narrowed.And(Ceiling(policy)));
        return access.IsNone ? NetworkAccess.None : access;
    }

    /// <summary>Every policy that speaks of the network must name it.</summary>
    private static HostRule[] Private(IReadOnlyList<Policy> ceilings)
    {
        var named = ceilings.Select(policy => NetworkReader.Rules(policy.Document.Value.Network!.Private)).ToList();
        return
        [
            .. named
                .SelectMany(rules => rules)
                .DistinctBy(rule => rule.Pattern)
                .Where(rule => named.TrueForAll(rules => rules.Any(other => other.Pattern == rule.Pattern))),
        ];
    }

    private static NetworkAccess Ceiling(Policy policy) =>
        new(NetworkReader.Rules(policy.Document.Value.Network!.Allow), []);
}
