using ClawCi.Events;

namespace ClawCi.Docker.Tests;

/// <summary>What a user would be warned of.</summary>
internal sealed class Warnings : IRunObserver
{
    public List<string> Messages { get; } = [];

    public void On(RunEvent runEvent)
    {
        if (runEvent is Warned warned)
            Messages.Add(warned.Message);
    }
}
