using ClawCi.ChangeSets;
using ClawCi.Configuration;
using ClawCi.Events;
using ClawCi.Sessions;

namespace ClawCi.Runs.Gates;

/// <summary>Judges a change set by every gate.</summary>
/// <param name="checkout">What the changes are changes of.</param>
internal sealed class PatchGates(GatesPlan plan, SecretMasker masker, string checkout)
{
    private readonly Submodules _submodules = new(checkout);

    public GateVerdict Judge(ChangeSet changes)
    {
        List<GateFinding> findings = [];
        foreach (var entry in changes.Entries)
        {
            if (plan.Protected.ActionFor(entry.DisplayPath) is { } action)
                findings.Add(new("protected-path", entry.DisplayPath, Word(action), "this path is protected"));
            if (LinkGate.Problem(changes, entry) is { } problem)
                findings.Add(new("symlink", entry.DisplayPath, GateFinding.Block, problem));
            if (_submodules.Holding(entry.Path) is { } submodule)
                findings.Add(
                    new(
                        "submodule",
                        entry.DisplayPath,
                        GateFinding.Block,
                        $"it belongs to the submodule {submodule}, whose changes a patch of this repository cannot carry"
                    )
                );
            if (Becomes(entry) && plan.Executables != ExecutableFiles.Allow)
                findings.Add(
                    new("executable", entry.DisplayPath, Word(plan.Executables), "the file becomes executable")
                );
        }
        if (changes.Entries.Count > plan.MaxFiles)
            findings.Add(
                new(
                    "max-files",
                    "",
                    GateFinding.Block,
                    $"{changes.Entries.Count} files are changed; {plan.MaxFiles} may be"
                )
            );
        findings.AddRange(new SecretScan(masker).Scan(changes));
        return new(findings);
    }

    /// <summary>What is wrong with a patch of this size; null when nothing is.</summary>
    public GateFinding? Judge(long patchBytes) =>
        patchBytes > plan.MaxPatchBytes
            ? new("max-patch", "", GateFinding.Block, $"the patch has {patchBytes} bytes; {plan.MaxPatchBytes} may be")
            : null;

    private static bool Becomes(ChangeEntry entry) =>
        entry is { New.Kind: FileKind.Executable, Old: null or { Kind: not FileKind.Executable } };

    private static string Word<T>(T action)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(action.ToString());
}
