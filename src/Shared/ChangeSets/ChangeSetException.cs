namespace ClawCi.ChangeSets;

/// <summary>A change set that cannot be had: malformed, cut off, or over a cap. Nothing was written.</summary>
internal sealed class ChangeSetException(string message) : Exception(message);
