namespace ClawCi.Sessions;

/// <summary>Where a secret is in a text.</summary>
/// <param name="End">The index after its last character.</param>
/// <param name="Kind"><c>credential</c>, <c>secret NAME</c>, or the name of a shape such as <c>github-token</c>.</param>
internal readonly record struct FoundSecret(int Start, int End, string Kind);
