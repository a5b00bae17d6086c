namespace ClawCi.Events;

/// <summary>The task goes on from the session of an earlier run: its changes are in the workspace, and the model will be told of it.</summary>
/// <param name="Session">SHA-256 of the session's file, lower-case hex.</param>
/// <param name="IsOtherTask">Whether that run was told to do something else.</param>
/// <param name="BaseCommit">That the earlier run began on, where this one begins on another.</param>
/// <param name="PatchFiles">How many files the patch changes.</param>
/// <param name="Applied">How many of them were not yet as the patch makes them.</param>
/// <param name="Changed">Files that are not as the earlier run saw them last, as it spelled them.</param>
/// <param name="Gone">Likewise those that are not there any more.</param>
internal sealed record Continued(
    string FromRun,
    string FromTask,
    string Session,
    string Outcome,
    string Reason,
    bool IsOtherTask,
    string? BaseCommit,
    int PatchFiles,
    int Applied,
    IReadOnlyList<string> Changed,
    IReadOnlyList<string> Gone,
    CarriedNotes Notes
) : RunEvent;

/// <summary>What a session holds of what happened before, beside the words of its task.</summary>
/// <param name="Summary">In words, what stands for everything that was said.</param>
internal sealed record CarriedNotes(
    string Summary,
    IReadOnlyList<string> Decisions,
    IReadOnlyList<TodoItem> Plan,
    IReadOnlyList<SeenFile> Files,
    IReadOnlyList<RanCommand> Commands,
    OpenFailures OpenFailures
);

/// <param name="Written">Whether the model wrote it, now or earlier.</param>
/// <param name="Sha256">As it was then, by the sandbox's word; lower-case hex. Null when that is not known.</param>
internal sealed record SeenFile(string Path, bool Written, string? Sha256 = null);

/// <param name="ExitCode">Null when it was not run, or did not end by itself.</param>
internal sealed record RanCommand(string Command, int? ExitCode);

/// <summary>What was red when the task ended, output shortened.</summary>
internal sealed record OpenFailures(IReadOnlyList<RedCheck> Checks, IReadOnlyList<FailedCall> Calls);

/// <param name="Outcome"><c>fail</c>, <c>timeout</c> or <c>error</c>.</param>
internal sealed record RedCheck(string Id, string Run, string Outcome, int? ExitCode, string Output);

/// <param name="Subject">What the call was about: the command, the path.</param>
internal sealed record FailedCall(string Tool, string Subject, int? ExitCode, string Text);
