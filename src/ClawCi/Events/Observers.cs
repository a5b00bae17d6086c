namespace ClawCi.Events;

/// <summary>Hands each event to every listener, one event at a time, in the order of the list.</summary>
internal sealed class Observers(params IReadOnlyList<IRunObserver> observers) : IRunObserver
{
    private readonly Lock _lock = new();

    public void On(RunEvent runEvent)
    {
        lock (_lock)
        {
            foreach (var observer in observers)
                observer.On(runEvent);
        }
    }
}
