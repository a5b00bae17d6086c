namespace ClawCi.Events;

/// <summary>A run that was killed goes on: what follows is of the next attempt.</summary>
/// <param name="KeepsLayers">Whether setup and the agent go on with the files they had; false begins with the checkout again.</param>
/// <param name="Interrupted">The tool use that was under way and may or may not have had its effect; null when none was.</param>
/// <param name="CheckoutChanges">What was changed in the checkout since the run began, by someone else: a few of the paths.</param>
internal sealed record Resumed(
    string Version,
    bool KeepsLayers,
    string? Interrupted,
    IReadOnlyList<string>? CheckoutChanges
) : RunEvent;
