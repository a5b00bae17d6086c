using System.ComponentModel;

namespace ClawCi.Configuration;

/// <summary>The <c>gates</c> of a task file or, as ceilings, of a policy.</summary>
internal sealed record GatesSection
{
    [Description("Changed files that a patch may have.")]
    [Between(1, 200_000)]
    public int? MaxFiles { get; init; }

    [Description("Size that the patch may have.")]
    public ByteSize? MaxPatch { get; init; }

    [Description(
        "What becomes of a file that becomes executable: allow, review (not applied) or block. Default allow."
    )]
    public ExecutableFiles? Executables { get; init; }
}

/// <summary>What becomes of a patch that makes a file executable; each is stricter than the one before.</summary>
internal enum ExecutableFiles
{
    Allow,
    Review,
    Block,
}
