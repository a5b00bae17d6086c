namespace ClawCi.Sandboxes.Workspaces;

/// <summary>Git could not make a patch of the change set.</summary>
internal sealed class PatchException(string message, Exception? inner = null) : Exception(message, inner);
