namespace ClawCi.Cli.Arguments;

/// <summary>The command line is wrong. Nothing was started.</summary>
/// <param name="verb">Whose help the user wants to read next; null is the program's.</param>
internal sealed class UsageException(string message, string? verb = null) : Exception(message)
{
    public string? Verb { get; } = verb;
}
