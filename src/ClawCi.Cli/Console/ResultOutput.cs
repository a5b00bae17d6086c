using ClawCi.Artifacts;
using ClawCi.GitHub;

namespace ClawCi.Cli.Console;

/// <summary>What a finished run prints on stdout.</summary>
internal static class ResultOutput
{
    /// <summary>One JSON object: the run's result.json, and nothing else.</summary>
    public static void WriteJson(RunRecord run, TextWriter output) => output.Write(Safe(RunResult.Json(run)));

    /// <summary>The model's last words, task by task, without terminal escapes and workflow commands.</summary>
    public static void WriteText(RunRecord run, TextWriter output)
    {
        foreach (var task in run.Tasks)
        {
            if (run.Tasks.Count > 1)
                output.WriteLine($"{task.Id}: {task.Ended.Outcome}");
            foreach (var line in VisibleText.Of(task.Ended.Result).TrimEnd().Split('\n'))
                output.WriteLine(WorkflowCommand.Neutralise(line));
        }
    }

    /// <summary>
    /// The same JSON, in which no runner finds one of its older commands: in JSON a number sign stands in strings
    /// only, where it may be written as an escape.
    /// </summary>
    internal static string Safe(string json) => json.Replace("##", @"#\u0023", StringComparison.Ordinal);
}
