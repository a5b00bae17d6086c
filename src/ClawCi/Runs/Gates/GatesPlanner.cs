using System.Text.Json;
using ClawCi.Configuration;
using ClawCi.Permissions;
using ClawCi.Runs.Planning;

namespace ClawCi.Runs.Gates;

/// <summary>
/// Resolves <see cref="GatesPlan"/>. Task and policies only narrow each other, with one exception: what is done about the
/// paths that are always protected is for the policies to say, and a task may at most have such changes left out.
/// </summary>
internal sealed class GatesPlanner(TaskSource task, IReadOnlyList<Policy> policies, Origins origins)
{
    public GatesPlan Resolve()
    {
        var protectedPaths = Protected();
        return new(
            protectedPaths,
            origins.Add("gates.max-files", Least("max-files", gates => gates.MaxFiles)),
            Bytes(Least("max-patch", gates => gates.MaxPatch?.Bytes)),
            origins.Add("gates.executables", Executables())!.Value
        );
    }

    private ProtectedPaths Protected()
    {
        var layers = Layers(policies.Where(policy => policy.MayGrant));
        var own = task.File.ProtectedPaths is { } paths
            ? Layer(paths, task.Document.SourceOf("protected-paths", "paths"))
            : null;
        layers.Insert(0, BuiltIn(layers, own));
        layers.AddRange(Layers(policies.Where(policy => !policy.MayGrant)));
        if (own is not null)
            layers.Add(own);
        origins.Add(
            "protected-paths.paths",
            string.Join(", ", layers.SelectMany(layer => layer.Paths).Distinct()),
            string.Join(", ", layers.Select(layer => layer.Source))
        );
        origins.Add(
            "protected-paths.on-change",
            string.Join(", ", layers.Select(layer => Word(layer.OnChange)).Distinct()),
            string.Join(", ", layers.Select(layer => layer.Source))
        );
        return new(layers);
    }

    private static List<ProtectedLayer> Layers(IEnumerable<Policy> policies) =>
        [
            .. policies
                .Where(policy => policy.Document.Value.ProtectedPaths is not null)
                .Select(policy =>
                    Layer(policy.Document.Value.ProtectedPaths!, policy.Document.SourceOf("protected-paths", "paths"))
                ),
        ];

    private static ProtectedLayer BuiltIn(List<ProtectedLayer> granted, ProtectedLayer? own)
    {
        var onChange =
            granted.Count > 0 ? granted.Append(own ?? granted[0]).Min(layer => layer.OnChange)
            : own is { OnChange: ProtectedChange.Restore } ? ProtectedChange.Restore
            : ProtectedChange.Block;
        return new(ProtectedPaths.Always, onChange, Origins.BuiltIn);
    }

    private static ProtectedLayer Layer(ProtectedPathsSection section, string source) =>
        new(section.Paths, section.OnChange ?? ProtectedChange.Block, source);

    private Resolved<T> Least<T>(string key, Func<GatesSection, T?> read)
        where T : struct
    {
        var least = new Resolved<T>(null, Origins.BuiltIn);
        foreach (var (gates, source) in Sections(key))
            least = least.AtMost(read(gates), () => source);
        return least;
    }

    private Resolved<ExecutableFiles> Executables()
    {
        var strictest = new Resolved<ExecutableFiles>(ExecutableFiles.Allow, Origins.BuiltIn);
        foreach (var (gates, source) in Sections("executables"))
        {
            if (gates.Executables > strictest.Value)
                strictest = new(gates.Executables, source);
        }
        return strictest;
    }

    private long? Bytes(Resolved<long> bytes)
    {
        origins.Add("gates.max-patch", bytes.Value is { } most ? $"{new ByteSize(most)}" : "none", bytes.Source);
        return bytes.Value;
    }

    private IEnumerable<(GatesSection Gates, string Source)> Sections(string key)
    {
        foreach (var policy in policies)
        {
            if (policy.Document.Value.Gates is { } gates)
                yield return (gates, policy.Document.SourceOf("gates", key));
        }
        if (task.File.Gates is { } own)
            yield return (own, task.Document.SourceOf("gates", key));
    }

    private static string Word(ProtectedChange change) =>
        JsonNamingPolicy.KebabCaseLower.ConvertName(change.ToString());
}
