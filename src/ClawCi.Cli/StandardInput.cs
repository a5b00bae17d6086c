namespace ClawCi.Cli;

/// <summary>Standard input, which a file argument names as <c>-</c>.</summary>
internal static class StandardInput
{
    /// <summary>The argument as a path that can be opened.</summary>
    public static string Path(string argument) => argument == "-" ? "/dev/stdin" : argument;
}
