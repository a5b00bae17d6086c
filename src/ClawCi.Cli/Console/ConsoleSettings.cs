namespace ClawCi.Cli.Console;

/// <param name="Colour">Whether stderr is a terminal that may be coloured.</param>
/// <param name="Width">In characters; a line's untrusted parts are cut so that the line fits.</param>
/// <param name="IsGitHub">Whether workflow commands are understood.</param>
internal sealed record ConsoleSettings(Verbosity Verbosity, bool Colour, int Width, bool IsGitHub)
{
    private const int LogWidth = 160;
    private const int NarrowestWidth = 60;

    /// <summary>What suits the stderr that this process has.</summary>
    /// <param name="noColour">Whether NO_COLOR is set.</param>
    public static ConsoleSettings Detect(Verbosity verbosity, bool noColour, bool isGitHub)
    {
        var isTerminal = !System.Console.IsErrorRedirected;
        return new(verbosity, isTerminal && !noColour, isTerminal ? TerminalWidth() : LogWidth, isGitHub);
    }

    private static int TerminalWidth()
    {
        var width = System.Console.WindowWidth;
        // A pseudo-terminal nobody gave a size says 0.
        return width <= 0 ? LogWidth : Math.Max(width, NarrowestWidth);
    }
}
