namespace ClawCi.Events;

/// <summary>Hands on the events of one agent's conversation, with its name on each.</summary>
internal sealed class AgentEvents(string agentId, IRunObserver next) : IRunObserver
{
    public void On(RunEvent runEvent) => next.On(runEvent with { AgentId = agentId });
}
