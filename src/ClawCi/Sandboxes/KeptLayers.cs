namespace ClawCi.Sandboxes;

/// <summary>What a killed run's task had made in Docker, to go on with.</summary>
/// <param name="Volume">Of the task's layers.</param>
/// <param name="AgentStarted">What is changed in the checkout after this was not what the agent saw; null before it saw anything.</param>
/// <param name="CopyStarted">When the checkout was sent to the daemon, if it was.</param>
/// <param name="Attempt">Names what only this attempt makes, apart from what an earlier one did.</param>
internal sealed record KeptLayers(string Volume, DateTimeOffset? AgentStarted, DateTimeOffset CopyStarted, int Attempt);
