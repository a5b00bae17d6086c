using ClawCi.Sessions;

namespace ClawCi.Runs.Continuing;

/// <summary>What a task goes on from: the session of an earlier run, and the patch that it had made.</summary>
/// <param name="Name">Of the session's file, as the user named it.</param>
/// <param name="Sha256">Of that file, lower-case hex.</param>
/// <param name="Patch">Its bytes; empty when that run had changed nothing.</param>
/// <param name="PatchedFiles">What it changes, in display form.</param>
internal sealed record EarlierSession(
    string Name,
    string Sha256,
    SessionFile File,
    byte[] Patch,
    IReadOnlyList<string> PatchedFiles
);
