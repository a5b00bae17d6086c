using System.Globalization;
using System.Text;
using ClawCi.Events;

namespace ClawCi.GitHub;

/// <summary>
/// The outputs of the action: words, numbers and paths of ours. No text of a model's is among them.
/// </summary>
/// <param name="Outcome">A word of docs/formats/outcomes.md.</param>
/// <param name="Out">The output directory's path.</param>
internal sealed record StepOutputs(
    string Outcome,
    int ExitCode,
    bool Retryable,
    string Out,
    IReadOnlyList<(string Id, TaskEnded End)> Tasks
)
{
    /// <summary>Appends the outputs. Throws <see cref="IOException"/> when the file cannot be written.</summary>
    /// <param name="path">The value of <c>GITHUB_OUTPUT</c>.</param>
    /// <param name="delimiter">Not to be foreseen: whoever knows it could end a value and begin another output.</param>
    public void Append(string path, string delimiter) => Append(path, delimiter, Values());

    /// <summary>The same for a step in which nothing was run.</summary>
    public static void AppendNothing(string path, string delimiter, string outcome, int exitCode, bool retryable) =>
        Append(path, delimiter, [.. Ended(outcome, exitCode, retryable), ("changed", "false")]);

    /// <summary>The same for publishing: words, and addresses that the platform gave.</summary>
    public static void Append(string path, string delimiter, PublishResult result) =>
        Append(
            path,
            delimiter,
            [
                .. Ended(result.Outcome, result.ExitCode, result.Retryable),
                ("requests", string.Join('\n', result.Tasks.Select(task => task.Request?.Url).OfType<string>())),
            ]
        );

    private static IEnumerable<(string Name, string Value)> Ended(string outcome, int exitCode, bool retryable) =>
        [
            ("outcome", outcome),
            ("exit-code", exitCode.ToString(CultureInfo.InvariantCulture)),
            ("retryable", retryable ? "true" : "false"),
        ];

    private static void Append(string path, string delimiter, IEnumerable<(string Name, string Value)> values)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in values)
            text.Append($"{name}<<{delimiter}\n{value}\n{delimiter}\n");
        File.AppendAllText(path, text.ToString());
    }

    private IEnumerable<(string Name, string Value)> Values()
    {
        string[] patches =
        [
            .. Tasks
                .Where(task => task.End.Changes is { PatchBytes: > 0 })
                .Select(task => Path.Combine(Out, "tasks", task.Id, "changes.patch")),
        ];
        var costs = Tasks.Select(task => task.End.TotalCostUsd).ToArray();
        foreach (var value in Ended(Outcome, ExitCode, Retryable))
            yield return value;
        yield return ("changed", patches.Length > 0 ? "true" : "false");
        yield return ("patch", string.Join('\n', patches));
        yield return ("result", Path.Combine(Out, "result.json"));
        yield return ("out", Out);
        yield return (
            "cost-usd",
            costs.Contains(null) ? "" : costs.Sum()!.Value.ToString(CultureInfo.InvariantCulture)
        );
    }
}
