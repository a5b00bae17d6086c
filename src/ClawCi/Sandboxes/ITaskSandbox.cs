using ClawCi.ChangeSets;
using ClawCi.Sandboxes.Egress;

namespace ClawCi.Sandboxes;

/// <summary>
/// One task's place to work: the checkout as a base, what is made above it, and the tool servers that make it. The checkout
/// itself is never written to. Disposed means: nothing of the task is left.
/// </summary>
internal interface ITaskSandbox : IAsyncDisposable
{
    /// <summary>Null where there is none.</summary>
    SandboxImage? Image { get; }

    /// <summary>How it comes to see the checkout: <c>overlay</c>, <c>streamed</c> or <c>copied</c>. Null until that is known.</summary>
    string? Workspace { get; }

    /// <summary>What of the checkout is not in it.</summary>
    IReadOnlyList<string> LeftOut { get; }

    /// <summary>Secret values found in the checkout's git configuration, to be masked wherever text goes.</summary>
    IReadOnlyList<string> Secrets { get; }

    /// <summary>What it writes is part of the base once it is disposed. One at a time; a later one goes on where it ended.</summary>
    /// <param name="network">What it reaches, where anything confines it.</param>
    Task<Sandbox> StartSetupAsync(NetworkAccess network, CancellationToken ct);

    /// <summary>A later round sees what the earlier ones wrote. One at a time, and after setup.</summary>
    Task<Sandbox> StartAgentAsync(CancellationToken ct);

    /// <summary>The same with a patch put into the workspace first, as if the agent had made it.</summary>
    /// <param name="patch">As <see cref="ChangeSets.Patches.PatchReader"/> reads it.</param>
    /// <returns>With how many of its files were not there yet as the patch makes them.</returns>
    /// <exception cref="PatchRefusedException">It does not fit.</exception>
    Task<(Sandbox Sandbox, int Applied)> StartPatchedAgentAsync(byte[] patch, CancellationToken ct);

    /// <summary>A program of the task file's: beside the agent, whose sandbox must be up, or in a container of its own.</summary>
    /// <exception cref="SandboxException">The container is not to be had, or gone.</exception>
    Task<SandboxedProgram> StartProgramAsync(ProgramSpec program, CancellationToken ct);

    /// <summary>On a fresh base into which the changes are replayed before anything else happens there.</summary>
    Task<Sandbox> StartChecksAsync(ChangeSet changes, CancellationToken ct);

    /// <summary>What the agent changed against its base, read by a process that it had no part in. Its own must be gone.</summary>
    /// <exception cref="SandboxException">It cannot be read; the message says why.</exception>
    Task<ChangeSet> ReadChangesAsync(CancellationToken ct);
}
