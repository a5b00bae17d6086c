namespace ClawCi.Events;

/// <summary>Listens to what happens in a task. Called from one thread at a time, in order.</summary>
internal interface IRunObserver
{
    void On(RunEvent runEvent);
}
