namespace ClawCi.Runs.Planning;

/// <summary>A value that the caller gives an input.</summary>
/// <param name="Text">The value, or the path of the file that holds it.</param>
/// <param name="Source">As typed: <c>--input</c> or <c>--input-env VARIABLE</c>.</param>
internal sealed record GivenInput(string Name, string Text, bool IsFile, string Source);
