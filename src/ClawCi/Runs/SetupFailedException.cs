using ClawCi.Runs.Planning;
using ClawCi.Sandboxes;

namespace ClawCi.Runs;

/// <summary>A setup step did not exit 0.</summary>
internal sealed class SetupFailedException(SetupStep step, SandboxAnswer answer)
    : Exception(
        answer.TimedOut
            ? $"The setup step `{step.Run}` timed out."
            : $"The setup step `{step.Run}` ended with exit code {answer.ExitCode}."
    );
