using ClawCi.Auth;
using ClawCi.Conversations;
using ClawCi.Events;
using ClawCi.Mcp;
using ClawCi.Models;
using ClawCi.Runs.Checks;
using ClawCi.Runs.Planning;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Workspaces;

namespace ClawCi.Runs;

/// <summary>What each way to end means for the outcome.</summary>
internal static class Findings
{
    /// <returns>Null when the conversation simply ended: then checks and changes decide.</returns>
    public static Finding? Of(ConversationEnd end) =>
        end switch
        {
            ConversationEnd.Completed => null,
            ConversationEnd.Refused => new(Outcome.TaskFailed, "refused", "The model refused the task."),
            ConversationEnd.LimitHit limit => new(Outcome.LimitExceeded, limit.Limit, limit.Message),
            ConversationEnd.Unanswered unanswered => new(Outcome.InvalidOutput, "invalid-output", unanswered.Message),
            ConversationEnd.Blocked blocked => new(Outcome.PolicyBlocked, blocked.Reason, blocked.Message),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    public static Finding Interrupted(string message) =>
        new(Outcome.Interrupted, "interrupted", message, Retryable: true);

    /// <returns>Null unless the model gave up: its word can make an outcome worse and never better.</returns>
    public static Finding? Of(ReportedOutcome? reported) =>
        reported is { Outcome: ReportedOutcome.Cannot }
            ? new(
                Outcome.TaskFailed,
                "agent-cannot",
                $"The agent reports that it cannot do the task: {reported.Reason}"
            )
            : null;

    public static IEnumerable<Finding> Of(IEnumerable<CheckRan> red) =>
        red.Select(check =>
            check.Outcome == CheckOutcomes.Error
                ? new Finding(
                    Outcome.SetupFailed,
                    CheckReasons.CommandMissing,
                    $"Check {check.Id} cannot run: its command `{check.Run}` does not exist in the image."
                )
                : new Finding(
                    Outcome.TaskFailed,
                    check.Reason is null or CheckReasons.ExitCode or CheckReasons.Timeout
                        ? "check-failed"
                        : check.Reason,
                    $"Check {check.Id} is red after the last round: {CheckFeedback.Describe(check)}."
                )
        );

    public static Finding Of(Exception exception) =>
        exception switch
        {
            ModelException model => Of(model),
            AuthException auth => new(Outcome.AuthFailed, Kebab(auth.Failure), auth.Message, auth.IsTransient),
            SandboxException sandbox => Of(sandbox),
            SetupFailedException setup => new(Outcome.SetupFailed, "setup-step", setup.Message),
            McpServerLostException server => new(Outcome.SetupFailed, "mcp-server", server.Message),
            HookException hook => new(Outcome.SetupFailed, "session-hook", hook.Message),
            PatchRefusedException session => new(
                Outcome.ApplyFailed,
                "session-patch",
                $"The patch of the session does not fit this checkout: {session.Message}. The model was not asked. Check out what the earlier run "
                    + "worked on, or begin anew without --session."
            ),
            PatchException patch => new(Outcome.SandboxUnavailable, "patch", patch.Message),
            IOException io => new(
                Outcome.SandboxUnavailable,
                "disk",
                $"A file could not be written: {io.Message}",
                true
            ),
            _ => new(Outcome.InternalError, "bug", $"This is a bug in claw-ci: {exception.Message}"),
        };

    private static Finding Of(ModelException model) =>
        model.Failure switch
        {
            ModelFailure.Authentication => new(Outcome.AuthFailed, "model-credentials", model.Message),
            ModelFailure.RecordingMismatch => new(Outcome.ReplayMismatch, "recording-mismatch", model.Message),
            ModelFailure.ScriptMismatch => new(Outcome.ReplayMismatch, "script-mismatch", model.Message),
            ModelFailure.Refused => new(Outcome.TaskFailed, "refused", model.Message),
            ModelFailure.ContextOverflow => new(Outcome.LimitExceeded, "context-window", model.Message),
            _ => new(Outcome.ModelUnavailable, Kebab(model.Failure), model.Message, model.IsTransient),
        };

    private static Finding Of(SandboxException sandbox) =>
        sandbox.Failure == SandboxFailure.DiskLimit ? new(Outcome.LimitExceeded, "sandbox.disk", sandbox.Message)
        : sandbox.Failure == SandboxFailure.RegistryAuthentication
            ? new(Outcome.AuthFailed, "registry-credentials", sandbox.Message)
        : new(
            Outcome.SandboxUnavailable,
            Kebab(sandbox.Failure),
            sandbox.Message,
            sandbox.Failure
                is SandboxFailure.DaemonUnavailable
                    or SandboxFailure.ImageUnavailable
                    or SandboxFailure.NoSpace
                    or SandboxFailure.Lost
                    or SandboxFailure.Daemon
        );

    private static string Kebab<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
