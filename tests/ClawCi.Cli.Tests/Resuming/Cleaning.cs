namespace ClawCi.Cli.Tests.Resuming;

/// <summary>`claw-ci clean` removes what others would resume with: who does the one does not run beside who does the other.</summary>
internal static class Cleaning
{
    public const string Name = "cleaning";
}
