namespace ClawCi.Sandboxes;

/// <summary>A patch does not fit the workspace that it was to be put into. Nothing of it was.</summary>
/// <param name="message">Which files do not, and why.</param>
internal sealed class PatchRefusedException(string message) : Exception(message);
