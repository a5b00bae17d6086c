namespace ClawCi.Cli.Console;

/// <summary>How much is said on stderr.</summary>
internal enum Verbosity
{
    /// <summary>Warnings and how it ended.</summary>
    Quiet,

    /// <summary>A line a turn and tool call.</summary>
    Normal,

    /// <summary>And the beginning of what the tools answered.</summary>
    Verbose,
}
