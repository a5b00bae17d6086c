namespace ClawCi.Permissions;

/// <summary>A word of a shell line, quotes removed.</summary>
/// <param name="IsPattern">It has an unquoted <c>* ? [</c>, which the shell may turn into any file's name, or several.</param>
internal readonly record struct ShellWord(string Text, bool IsPattern);
