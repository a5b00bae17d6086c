namespace ClawCi.Cli.Console;

/// <param name="Colour">Whether stderr is a terminal that may be coloured.</param>
/// <param name="Width">In characters; a line's untrusted parts are cut so that the line fits.</param>
/// <param name="IsGitHub">Whether workflow commands are understood.</param>
/// <param name="IsLive">Whether a line that is written anew says what is going on.</param>
internal sealed record ConsoleSettings(Verbosity Verbosity, bool Colour, int Width, bool IsGitHub, bool IsLive = false)
{
    public const int LogWidth = 160;
    private const int NarrowestWidth = 60;

    /// <summary>What suits the stderr that this process has.</summary>
    /// <param name="streams">Whether results are written to stdout while the run goes on.</param>
    public static ConsoleSettings Detect(Verbosity verbosity, CliEnvironment environment, bool streams)
    {
        var isTerminal = !System.Console.IsErrorRedirected;
        var obeys = isTerminal && environment.Terminal is not (null or "dumb");
        return new(
            verbosity,
            obeys && !environment.NoColor,
            isTerminal ? Math.Max(Terminal.Width() ?? LogWidth, NarrowestWidth) : LogWidth,
            environment.IsGitHubActions,
            obeys
                && verbosity != Verbosity.Quiet
                && !environment.IsCI
                // Lines of stdout would go into this one.
                && !(streams && !System.Console.IsOutputRedirected)
        );
    }
}
