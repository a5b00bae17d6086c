using ClawCi.Configuration;

namespace ClawCi.Runs.Gates;

/// <summary>What a patch must keep to. Null is no cap.</summary>
/// <param name="MaxPatchBytes">Of the patch file.</param>
internal sealed record GatesPlan(
    ProtectedPaths Protected,
    int? MaxFiles,
    long? MaxPatchBytes,
    ExecutableFiles Executables
);
