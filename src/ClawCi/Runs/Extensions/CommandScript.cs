using System.Text;
using ClawCi.Configuration;
using ClawCi.Events;
using ClawCi.Hooks;
using ClawCi.Runs.Planning;

namespace ClawCi.Runs.Extensions;

/// <summary>A script of a command, <c>!`git status`</c>: its output stands in the prompt. It runs in the agent's sandbox, before the model is asked.</summary>
/// <param name="Run">The line for the shell, as the command's file has it: no argument is ever part of it.</param>
/// <param name="Source">Where it is written.</param>
internal sealed record CommandScript(string Run, string Source)
{
    private const int MostCharacters = 16_000;
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    /// <summary>What stands in the plan's prompt in its place.</summary>
    public string Mark => $"[output of: {Run}]";

    /// <summary>Puts the outputs of all of a task's scripts into its prompt. What they print is the workspace's word.</summary>
    public static async Task<string> FillAsync(
        string prompt,
        PlannedTask task,
        AgentSandbox agent,
        IRunObserver events,
        TimeProvider time,
        CancellationToken ct
    )
    {
        foreach (var script in task.Scripts)
        {
            var started = time.GetTimestamp();
            var hook = new Hook(HookEvent.UserPromptSubmit, null, script.Run, "/", Timeout, script.Source)
            {
                Place = HookPlace.Sandbox,
            };
            var end = await agent.RunHookAsync(hook, "", ct);
            events.On(
                new HookRan(
                    "CommandScript",
                    script.Source,
                    null,
                    "go-on",
                    end.ExitCode,
                    (long)time.GetElapsedTime(started).TotalMilliseconds,
                    end.ExitCode == 0 ? null : $"{script.Run}: {Problem(end)}",
                    "sandbox"
                )
            );
            prompt = prompt.Replace(script.Mark, script.Shown(end), StringComparison.Ordinal);
        }
        return prompt;
    }

    private string Shown(HookEnd end)
    {
        var output = Encoding.UTF8.GetString(end.Output);
        if (output.Length > MostCharacters)
            output = output[..MostCharacters] + "\n[cut here]";
        var problem = end.ExitCode == 0 ? "" : $" ({Problem(end)})";
        return $"Output of `{Run}`{problem}:\n{MarkedText.OfWorkspace(output)}";
    }

    private static string Problem(HookEnd end) =>
        end.Problem is { Length: > 0 } problem ? $"could not be run: {problem}"
        : end.TimedOut ? $"stopped after {Duration.Write(Timeout)}"
        : $"exit {end.ExitCode}";
}
