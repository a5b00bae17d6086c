namespace ClawCi.Cli.Arguments;

/// <summary>What the command line asked for.</summary>
internal abstract record Verb
{
    /// <returns>The exit code.</returns>
    public abstract Task<int> RunAsync(Invocation invocation);
}
