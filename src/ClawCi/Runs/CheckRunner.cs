using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ClawCi.ChangeSets;
using ClawCi.Events;
using ClawCi.Runs.Planning;
using ClawCi.Sandboxes;
using ClawCi.Sessions;

namespace ClawCi.Runs;

/// <summary>Runs a task's checks on the patched checkout, in a container the agent was never in.</summary>
internal sealed class CheckRunner(
    ITaskSandbox sandbox,
    TaskDirectory directory,
    SecretMasker masker,
    TaskClock clock,
    IRunObserver events,
    TimeProvider time
)
{
    /// <summary>How much of a log the model and the reports see.</summary>
    private const int TailLength = 4_000;

    public async Task<IReadOnlyList<CheckRan>> RunAsync(
        IReadOnlyList<Check> checks,
        ChangeSet changes,
        int round,
        CancellationToken cancellationToken
    )
    {
        using var awaiting = clock.Awaiting($"checks of round {round}");
        await using var container = await sandbox.StartChecksAsync(changes, cancellationToken);
        events.On(
            new SandboxStarted(
                "checks",
                container.ContainerId,
                (long)container.StartDuration.TotalMilliseconds,
                sandbox.Workspace
            )
        );
        var results = new List<CheckRan>();
        foreach (var check in checks)
        {
            var result = await RunAsync(container, check, round, cancellationToken);
            events.On(result);
            results.Add(result);
        }
        return results;
    }

    /// <summary>What the model is told of red checks.</summary>
    public static string Feedback(IEnumerable<CheckRan> red) =>
        "The checks ran on your changes in a fresh container. These did not pass:\n\n"
        + string.Join(
            "\n\n",
            red.Select(check => $"## {check.Id}: `{check.Run}` ({Describe(check)})\n```\n{check.Tail}\n```")
        )
        + "\n\nFind the cause and mend it. The checks run again when you are done.";

    /// <summary><c>exit code 2</c>, <c>timed out</c>.</summary>
    public static string Describe(CheckRan check) =>
        check.Outcome switch
        {
            CheckOutcomes.Timeout => "timed out",
            CheckOutcomes.Error => "the command does not exist",
            _ => $"exit code {check.ExitCode}",
        };

    private async Task<CheckRan> RunAsync(
        Sandbox container,
        Check check,
        int round,
        CancellationToken cancellationToken
    )
    {
        var started = time.GetTimestamp();
        var answer = await container.RunCommandAsync(check.Run, check.Timeout, cancellationToken);
        var duration = time.GetElapsedTime(started);
        var log = TaskDirectory.CheckLog(round, check.Id);
        var (text, _) = masker.Apply(answer.Text);
        await File.WriteAllTextAsync(directory[log], text, cancellationToken);
        return new CheckRan(
            check.Id,
            round,
            check.Run,
            answer.ExitCode,
            CheckOutcomes.Of(answer),
            (long)duration.TotalMilliseconds,
            log,
            Tail(text)
        );
    }

    private static string Tail(string text) => text.Length <= TailLength ? text : "…" + text[^TailLength..];
}
