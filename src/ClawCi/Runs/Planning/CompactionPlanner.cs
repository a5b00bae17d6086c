using System.Globalization;
using ClawCi.Models;
using ClawCi.Runs.Settings;

namespace ClawCi.Runs.Planning;

/// <summary>Resolves when a conversation is compacted: built-in, then settings, the task and the environment, under the model's window.</summary>
internal static class CompactionPlanner
{
    private const int BuiltIn = 200_000;

    /// <returns>Tokens held by the context.</returns>
    public static int Resolve(
        TaskSource task,
        SettingsSource? settings,
        EnvironmentValues environment,
        ModelChoice model,
        ModelCatalog catalog,
        Origins origins
    )
    {
        var window = model.Facts.ContextWindow;
        origins.Add(
            "model.context-window",
            window.ToString(CultureInfo.InvariantCulture),
            model.Facts.IsWindowAssumed ? "assumed: a models file can say it" : catalog.WindowSource(model.Name)
        );
        var threshold = new Resolved<int>(BuiltIn, Origins.BuiltIn)
            .Then(
                settings?.Document.Value.Compaction?.ThresholdTokens,
                () => settings!.Document.SourceOf("compaction", "threshold-tokens")
            )
            .Then(task.File.Compaction?.ThresholdTokens, () => task.Document.SourceOf("compaction", "threshold-tokens"))
            .Then(Tokens(environment.AutoCompactTokens), () => Control.AutoCompactTokens)
            .AtMost(window / 5 * 4, () => "80 % of model.context-window");
        return origins.Add("compaction.threshold-tokens", threshold)!.Value;
    }

    /// <summary>Null for none; the value was checked before.</summary>
    private static int? Tokens(string? value) =>
        Control.Given(value) is { } text
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var tokens)
            ? tokens
            : null;
}
