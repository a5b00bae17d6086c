using System.Text.Json;
using System.Text.Json.Nodes;

namespace ClawCi.Sandboxes.Probes;

/// <summary>A probe of the tool server's, run in a sandbox like any command of the agent's.</summary>
internal static class ProbeAnswers
{
    private const string Tool = "claw-ci/probe";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <param name="words">The probe's name there, and its arguments.</param>
    public static async Task<ProbeFinding> ProbeAsync(
        this Sandbox sandbox,
        IReadOnlyList<string> words,
        CancellationToken ct
    ) => Read((await AskAsync(sandbox, words, Patience, ct)).Text);

    /// <summary>The same without reading the answer, for attempts that are not meant to give one.</summary>
    public static Task<SandboxAnswer> AskAsync(
        this Sandbox sandbox,
        IReadOnlyList<string> words,
        TimeSpan timeout,
        CancellationToken ct
    )
    {
        var input = new JsonObject { ["words"] = new JsonArray([.. words.Select(word => JsonValue.Create(word))]) };
        return sandbox.CallAsync(Tool, JsonElement.Parse(input.ToJsonString()), timeout, ct);
    }

    /// <summary>Reads <c>held TAB text</c>, the last line of the answer.</summary>
    private static ProbeFinding Read(string text)
    {
        var line = text.TrimEnd().Split('\n')[^1];
        return line.Split('\t', 2) switch
        {
            ["held", var detail] => ProbeFinding.Holds(detail),
            ["broken", var detail] => ProbeFinding.Broken(detail),
            ["unknown", var detail] => ProbeFinding.Unknown(detail),
            _ => ProbeFinding.Unknown(line.Length == 0 ? "the probe said nothing" : line),
        };
    }
}
