using ClawCi.Events;

namespace ClawCi.Tests;

/// <summary>Keeps every event, in order.</summary>
internal sealed class RecordingObserver : IRunObserver
{
    public List<RunEvent> Events { get; } = [];

    public void On(RunEvent runEvent) => Events.Add(runEvent);
}
