namespace ClawCi.Artifacts.Findings;

/// <summary>Something a reviewer should look at, with the place where that is.</summary>
/// <param name="Rule">Which kind of thing, such as <c>gate/secret</c>, <c>check/test</c>, <c>policy/no-push</c> or <c>network/quota</c>.</param>
/// <param name="Message">One line for people, with nothing hidden in it.</param>
/// <param name="Path">Of a file, as people read it: relative to the workspace, or as the user named it.</param>
/// <param name="Line">From 1.</param>
internal sealed record PlacedFinding(string Rule, FindingLevel Level, string Message, string Path, int Line);

internal enum FindingLevel
{
    Warning,
    Error,
}
