using System.Text;
using ClawCi.Events;
using ClawCi.Runs.Planning;

namespace ClawCi.Runs.Checks;

/// <summary>What is said of checks that are not green.</summary>
internal static class CheckFeedback
{
    private const int MostNames = 20;

    /// <summary>What the model is told after a round.</summary>
    public static string Red(IEnumerable<CheckRan> red) =>
        "The checks ran on your changes in a fresh container. These did not pass:\n\n"
        + string.Join("\n\n", red.Select(check => $"{Head(check)}\n```\n{check.Tail}\n```"))
        + "\n\nFind the cause and mend it. The checks run again when you are done.";

    /// <summary>What the model is told before it begins.</summary>
    public static string Baseline(IEnumerable<CheckRan> red) =>
        "Before you began, the checks ran on the workspace as you find it. These were not green:\n\n"
        + string.Join("\n\n", red.Select(Head));

    /// <summary><c>exit code 2</c>, <c>timed out</c>, <c>2 of the failing tests did not fail before the change</c>.</summary>
    public static string Describe(CheckRan check) =>
        check.Message
        ?? check.Outcome switch
        {
            CheckOutcomes.Timeout => "timed out",
            CheckOutcomes.Error => "the command does not exist",
            _ => $"exit code {check.ExitCode}",
        };

    private static string Head(CheckRan check)
    {
        var text = new StringBuilder($"## {check.Id}: `{check.Run}` ({Describe(check)})");
        if (check.NamedTests is not { Count: > 0 } names)
            return text.ToString();
        text.Append(
            check.Reason switch
            {
                CheckReasons.TestsVanished => "\nTests that no longer run:",
                CheckReasons.Changed => "\nTests that end otherwise:",
                _ => "\nFailing tests:",
            }
        );
        foreach (var name in names.Take(MostNames))
            text.Append($"\n- {name}");
        var more = names.Count - MostNames + (check.MoreTests ?? 0);
        if (more > 0)
            text.Append($"\n- and {more} more");
        return text.ToString();
    }
}
