using ClawCi.Configuration;
using ClawCi.Sandboxes.Egress;

namespace ClawCi.Permissions;

/// <summary>From the hosts that a file names to what a container may reach.</summary>
internal static class NetworkReader
{
    /// <summary>Finds what is wrong with a <c>network</c>, each mistake with its place.</summary>
    /// <param name="mayBePrivate">Whether it is a policy's, which alone can name private addresses.</param>
    public static void Check(SourceNode? node, bool mayBePrivate, SourceErrors errors)
    {
        if (node is not SourceMapping network)
            return;
        string[] keys = mayBePrivate ? ["allow", "private"] : ["allow"];
        foreach (var entry in network.Entries.Where(entry => !keys.Contains(entry.Key)))
            errors.Add(
                entry.Place,
                entry.Key == "private"
                    ? "`private` can be said by a policy file only, the operator's or the one of --policy"
                    : $"unknown key {SourceNode.Quote(entry.Key)}{DidYouMean.Suffix(entry.Key, keys)}"
            );
        if (network["allow"] is null)
            errors.Add(network.Place, "`network` needs the key `allow`; to reach nothing write `network: none`");
        var allowed = Check(network["allow"], errors);
        foreach (var (item, rules) in Check(network["private"], errors))
        {
            var rule = rules[0];
            if (rules.Count > 1 || rule.IsSuffix || rule.Ports.Count > 1)
                errors.Add(
                    item.Place,
                    "an item of `private` must be one host with its port, such as `nexus.example.com:443`"
                );
            else if (!allowed.SelectMany(pair => pair.Rules).Any(other => other.Matches(rule.Host, rule.Ports[0])))
                errors.Add(item.Place, $"{SourceNode.Quote(item.Text)} is not among `allow`");
        }
    }

    /// <param name="hosts">Checked.</param>
    public static IReadOnlyList<HostRule> Rules(IEnumerable<string> hosts) =>
        [.. hosts.SelectMany(host => HostRuleReader.Read(host, out _)!)];

    private static List<(SourceScalar Item, IReadOnlyList<HostRule> Rules)> Check(
        SourceEntry? entry,
        SourceErrors errors
    )
    {
        List<(SourceScalar, IReadOnlyList<HostRule>)> read = [];
        if (entry is null)
            return read;
        if (entry.Value is not SourceSequence { Items.Count: > 0 } list)
        {
            errors.Add(entry.Value.Place, $"`{entry.Key}` must be a list of hosts, not {entry.Value.Describe()}");
            return read;
        }
        foreach (var item in list.Items)
        {
            if (item is not SourceScalar { Kind: ScalarKind.Text } scalar)
                errors.Add(item.Place, $"an item of `{entry.Key}` must be a host, not {item.Describe()}");
            else if (HostRuleReader.Read(scalar.Text, out var problem) is { } rules)
                read.Add((scalar, rules));
            else
                errors.Add(item.Place, $"{SourceNode.Quote(scalar.Text)}: {problem}");
        }
        return read;
    }
}
